package dev.moa.router.chain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.ServiceName;
import dev.moa.router.address.AddressSource;
import dev.moa.router.address.Finding;
import dev.moa.router.address.Instance;
import dev.moa.router.address.ServiceState;
import dev.moa.router.address.ServiceView;
import dev.moa.router.operator.Author;
import dev.moa.router.operator.SharedHash;
import dev.moa.router.store.RedisLink;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LookupTests {
    private static final Author OPS = new Author("ops", "a test");
    private static final ServiceName USER = ServiceName.of("/service/user");
    private static final Finding UNKNOWN = new Finding.Unknown("not here");
    private static final Finding FAILED = new Finding.Failed("away");
    private static final Finding PASSED = new Finding.Passed("not mine");

    private final SharedHash words = new SharedHash(
            new RedisLink(() -> {
                throw new IllegalStateException("no Redis here");
            }),
            "switches",
            "channel",
            "said",
            Switches::atMs,
            Clock.systemUTC());
    private final Switches switches = new Switches(words);

    @AfterEach
    void close() {
        words.close();
    }

    private static Finding answer(int port) {
        return new Finding.Answered(
                ServiceView.of(ServiceState.of(USER, "e1", 1, List.of(Instance.unregistered("10.0.0.1", port)))), 5);
    }

    private static AddressSource source(String name, boolean isImmediate, Finding finding) {
        return new AddressSource() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public String description() {
                return name;
            }

            @Override
            public boolean isImmediate() {
                return isImmediate;
            }

            @Override
            public Finding find(ServiceName service, Deadline deadline) {
                return finding;
            }
        };
    }

    private Lookup chain(AddressSource... sources) {
        return new Lookup(List.of(sources), switches, (name, finding) -> {});
    }

    private static LookupAnswer find(Lookup lookup) {
        return lookup.find(USER, Deadline.afterMillis(1_000));
    }

    @Test
    void theFirstSourceThatAnswersDecides() {
        Lookup lookup = chain(
                source("pinned", true, PASSED),
                source("live", true, FAILED),
                source("primary", false, answer(1)),
                source("static", true, answer(2)));

        assertThat(find(lookup))
                .isInstanceOfSatisfying(
                        LookupAnswer.Found.class,
                        found -> assertThat(found.source()).isEqualTo("primary"));
    }

    @Test
    void aSourceThatIsSwitchedOffIsNotAskedAndAppliesWithoutRedis() {
        Lookup lookup = chain(source("live", true, answer(1)), source("static", true, answer(2)));

        Switches.Position position = switches.turn("live", false, OPS);

        assertThat(position.isShared()).isFalse();
        assertThat(position.by()).isEqualTo("ops");
        assertThat(find(lookup))
                .isInstanceOfSatisfying(
                        LookupAnswer.Found.class,
                        found -> assertThat(found.source()).isEqualTo("static"));
        switches.turn("live", true, OPS);
        assertThat(lookup.findNow(USER)).isNotNull();
    }

    @Test
    void nobodySaysNotFoundWhileSomebodyCouldNotBeAsked() {
        assertThat(find(chain(source("live", true, FAILED), source("primary", false, UNKNOWN))))
                .isInstanceOf(LookupAnswer.Undecided.class);
        assertThat(find(chain(source("live", true, UNKNOWN), source("snapshot", true, PASSED))))
                .isInstanceOf(LookupAnswer.Unknown.class);
    }

    @Test
    void anEventLoopIsNotMadeToWait() {
        assertThat(chain(source("live", true, UNKNOWN), source("primary", false, answer(1)))
                        .findNow(USER))
                .isNull();
        assertThat(chain(source("live", true, answer(1)), source("primary", false, answer(2)))
                        .findNow(USER))
                .isNotNull();
    }

    @Test
    void explainAsksEverybodyAlsoBehindTheAnswer() {
        Lookup lookup = chain(
                source("live", true, answer(1)), source("primary", false, FAILED), source("static", true, answer(2)));
        switches.turn("static", false, OPS);

        assertThat(lookup.explain(USER, Deadline.afterMillis(1_000)))
                .extracting(Lookup.Step::outcome)
                .containsExactly("answered", "failed", "off");
    }
}
