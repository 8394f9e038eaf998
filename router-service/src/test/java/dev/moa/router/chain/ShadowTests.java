package dev.moa.router.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.ServiceName;
import dev.moa.router.address.AddressSource;
import dev.moa.router.address.Finding;
import dev.moa.router.address.Instance;
import dev.moa.router.address.InstanceStatus;
import dev.moa.router.address.ServiceState;
import dev.moa.router.address.ServiceView;
import dev.moa.router.operator.Author;
import dev.moa.router.operator.SharedHash;
import dev.moa.router.store.RedisLink;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ShadowTests {
    private static final Author OPS = new Author("ops", "a test");
    private static final ServiceName USER = ServiceName.of("/service/user");

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
    private final Lookup lookup = new Lookup(
            List.of(source("live", 5, 1, 2), source("replica", 4, 1), source("snapshot", 5, 1, 2)),
            switches,
            (name, finding) -> {});
    private final Shadow shadow = new Shadow(lookup, switches, Clock.systemUTC());

    @AfterEach
    void close() {
        shadow.close();
        words.close();
    }

    private static AddressSource source(String name, long revision, int... ports) {
        List<Instance> instances = IntStream.of(ports)
                .mapToObj(port -> Instance.unregistered("10.0.0.1", port))
                .toList();
        ServiceView view = ServiceView.of(ServiceState.of(USER, "e1", revision, instances));
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
                return true;
            }

            @Override
            public Finding find(ServiceName service, Deadline deadline) {
                return service.equals(USER) ? new Finding.Answered(view, 0) : new Finding.Unknown("not here");
            }
        };
    }

    private String answeredBy() {
        LookupAnswer.Found found = lookup.findNow(USER);
        return found == null ? "none" : found.source();
    }

    @Test
    void anOtherOrderIsComparedAndExplainedBeforeItTakesEffect() {
        switches.candidate(List.of("replica", "live"), List.of(), OPS);

        assertThat(answeredBy()).isEqualTo("live");

        await().until(() -> shadow.different() == 1);
        assertThat(shadow.divergences()).singleElement().satisfies(divergence -> {
            assertThat(divergence.answeredBy()).isEqualTo("live");
            assertThat(divergence.wouldBe()).isEqualTo("replica");
            assertThat(divergence.missing()).containsExactly("10.0.0.1:2");
            assertThat(divergence.why()).isEqualTo("live has revision 5, replica has 4");
            assertThat(divergence.callable()).isEqualTo(2);
            assertThat(divergence.wouldBeCallable()).isEqualTo(1);
        });
        switches.order(List.of("replica", "live", "snapshot"), OPS);
        assertThat(answeredBy()).isEqualTo("replica");
        switches.order(List.of(), OPS);
        assertThat(answeredBy()).isEqualTo("live");
    }

    @Test
    void whatAnOrderWouldAnswerIsToldForAllServicesWithoutATrial() {
        ServiceName nobody = ServiceName.of("/service/nobody");

        Shadow.Preview other =
                shadow.preview(List.of("replica"), List.of(USER, nobody), Deadline.after(Duration.ofSeconds(5)));
        Shadow.Preview none = shadow.preview(List.of(), List.of(USER, nobody), Deadline.after(Duration.ofSeconds(5)));
        Shadow.Preview late = shadow.preview(List.of(), List.of(USER), Deadline.afterMillis(0));

        assertThat(other.compared()).isEqualTo(2);
        assertThat(other.emptied()).isZero();
        assertThat(other.divergences()).singleElement().satisfies(divergence -> {
            assertThat(divergence.service()).isEqualTo("/service/user");
            assertThat(divergence.missing()).containsExactly("10.0.0.1:2");
        });
        assertThat(none.different()).isEqualTo(1);
        assertThat(none.emptied()).isEqualTo(1);
        assertThat(late.services()).isEqualTo(1);
        assertThat(late.compared()).isZero();
        assertThat(shadow.compared()).isZero();
    }

    @Test
    void anOrderThatAnswersTheSameDoesNotDiffer() {
        switches.candidate(List.of("snapshot"), List.of(), OPS);

        answeredBy();

        await().until(() -> shadow.compared() == 1);
        assertThat(shadow.different()).isZero();
    }

    @Test
    void anOverrideIsTriedBehindTheOrderBeforeItIsPutIn() {
        var scope = new TriedOverride.Scope(null, "10.0.0.1:2", null, null);
        var out = new TriedOverride.Effect(InstanceStatus.DOWN, null, null);
        var elsewhere = new TriedOverride("/service/site", new TriedOverride.Scope(null, null, null, null), out);
        switches.candidate(List.of("live"), List.of(new TriedOverride(USER.value(), scope, out), elsewhere), OPS);

        answeredBy();

        await().until(() -> shadow.different() == 1);
        assertThat(shadow.divergences()).singleElement().satisfies(divergence -> {
            assertThat(divergence.missing()).containsExactly("10.0.0.1:2");
            assertThat(divergence.why()).contains("an override that is tried");
        });
        assertThat(switches.candidate().overrides()).hasSize(2);
    }

    @Test
    void overrideThatIsNotUnderstoodIsNotTriedAndTheOrderCountsAllTheSame() {
        words.say(
                "$shadow",
                atMs -> "{\"order\":[\"live\"],\"overrides\":[{\"service\":\"/service/user\"}],\"atMs\":%d}"
                        .formatted(atMs));
        switches.order(List.of("replica", "live", "snapshot"), OPS);

        assertThat(switches.candidate()).isNull();
        assertThat(answeredBy()).isEqualTo("replica");
    }

    @Test
    void withoutACandidateNothingIsCompared() {
        switches.candidate(List.of("replica"), List.of(), OPS);
        switches.candidate(List.of(), List.of(), OPS);

        answeredBy();

        assertThat(switches.candidate()).isNull();
        assertThat(shadow.compared()).isZero();
    }
}
