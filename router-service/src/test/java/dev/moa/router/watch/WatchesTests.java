package dev.moa.router.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.router.address.AddressSource;
import dev.moa.router.address.Finding;
import dev.moa.router.address.Instance;
import dev.moa.router.address.ServiceState;
import dev.moa.router.address.ServiceView;
import dev.moa.router.chain.Lookup;
import dev.moa.router.chain.Switches;
import dev.moa.router.operator.SharedHash;
import dev.moa.router.store.RedisLink;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchesTests {
    private static final ServiceName USER = ServiceName.of("/service/user");
    private static final Duration LONG = Duration.ofSeconds(20);

    private final Map<ServiceName, Finding> findings = new ConcurrentHashMap<>();
    private final SharedHash words = new SharedHash(
            new RedisLink(() -> {
                throw new IllegalStateException("no Redis here");
            }),
            "switches",
            "channel",
            "said",
            Switches::atMs,
            Clock.systemUTC());
    private final Watches watches = new Watches(
            new Lookup(List.of(new Findings()), new Switches(words), (source, finding) -> {}),
            new WatchProperties(Duration.ofSeconds(30), 2, 3),
            Duration.ofMinutes(1),
            100);

    @AfterEach
    void close() {
        watches.close();
        words.close();
    }

    private final class Findings implements AddressSource {
        @Override
        public String name() {
            return "live";
        }

        @Override
        public String description() {
            return "test";
        }

        @Override
        public boolean isImmediate() {
            return true;
        }

        @Override
        public Finding find(ServiceName service, Deadline deadline) {
            return findings.getOrDefault(service, new Finding.Unknown("not here"));
        }
    }

    private void set(long revision) {
        findings.put(
                USER,
                new Finding.Answered(
                        ServiceView.of(
                                ServiceState.of(USER, "e1", revision, List.of(Instance.unregistered("10.0.0.1", 1)))),
                        0));
        watches.changed(USER);
    }

    private WatchAnswer get(CompletableFuture<WatchAnswer> answer) throws Exception {
        return answer.get(5, TimeUnit.SECONDS);
    }

    @Test
    void aClientWithoutATokenGetsEverythingAtOnce() throws Exception {
        set(1);

        WatchAnswer answer = get(watches.watch("client", null, Set.of(USER), LONG));

        assertThat(answer.answers()).hasSize(1);
        assertThat(watches.waiting()).isZero();
    }

    @Test
    void clientIsBehindUntilItComesBackWithTheNewAnswer() throws Exception {
        set(1);
        String first = get(watches.watch("a", null, Set.of(USER), LONG)).token();
        CompletableFuture<WatchAnswer> poll = watches.watch("a", first, Set.of(USER), LONG);
        await().until(() -> watches.behind(USER).isEmpty());

        set(2);
        String second = get(poll).token();
        Set<String> untold = watches.behind(USER);
        CompletableFuture<WatchAnswer> back = watches.watch("a", second, Set.of(USER), LONG);

        assertThat(untold).containsExactly("a");
        await().untilAsserted(() -> assertThat(watches.behind(USER)).isEmpty());
        assertThat(back).isNotDone();
    }

    @Test
    void clientThatHadWhatIsAnsweredNowIsNotBehind() throws Exception {
        set(1);
        String first = get(watches.watch("a", null, Set.of(USER), LONG)).token();
        get(watches.watch("a", first, Set.of(USER), Duration.ofMillis(50)));

        await().untilAsserted(() -> assertThat(watches.behind(USER)).isEmpty());
        set(2);

        assertThat(watches.behind(USER)).containsExactly("a");
    }

    @Test
    void clientThatNeverComesBackIsForgotten() throws Exception {
        set(1);
        try (Watches impatient = new Watches(
                new Lookup(List.of(new Findings()), new Switches(words), (source, finding) -> {}),
                new WatchProperties(Duration.ofSeconds(30), 2, 3),
                Duration.ofMillis(50),
                100)) {
            get(impatient.watch("gone", null, Set.of(USER), LONG));

            await().atMost(Duration.ofSeconds(10))
                    .until(() -> impatient.behind(USER).isEmpty());
        }
    }

    @Test
    void oneThatIsUpToDateWaitsForAChange() throws Exception {
        set(1);
        String token = get(watches.watch("client", null, Set.of(USER), LONG)).token();

        CompletableFuture<WatchAnswer> waiting = watches.watch("client", token, Set.of(USER), LONG);
        set(1);
        assertThat(waiting).isNotDone();
        set(2);

        assertThat(get(waiting).answers().get(0).stamp().revision()).isEqualTo(2);
    }

    @Test
    void oneThatKnowsMoreIsNotSentBack() throws Exception {
        set(5);
        String token = get(watches.watch("client", null, Set.of(USER), LONG)).token();

        set(4);

        assertThat(get(watches.watch("client", token, Set.of(USER), Duration.ofMillis(50)))
                        .answers())
                .isEmpty();
    }

    @Test
    void aServiceThatVanishesIsToldOnce() throws Exception {
        set(1);
        String token = get(watches.watch("client", null, Set.of(USER), LONG)).token();
        CompletableFuture<WatchAnswer> waiting = watches.watch("client", token, Set.of(USER), LONG);

        findings.clear();
        watches.changed(USER);

        WatchAnswer gone = get(waiting);
        assertThat(gone.unknown()).containsExactly(USER);
        assertThat(get(watches.watch("client", gone.token(), Set.of(USER), Duration.ofMillis(50)))
                        .unknown())
                .isEmpty();
    }

    @Test
    void aClientKeepsWhatItHasWhileNobodyCanSay() throws Exception {
        set(1);
        String token = get(watches.watch("client", null, Set.of(USER), LONG)).token();

        findings.put(USER, new Finding.Failed("away"));

        WatchAnswer quiet = get(watches.watch("client", token, Set.of(USER), Duration.ofMillis(50)));
        assertThat(quiet.unknown()).isEmpty();
        assertThat(quiet.answers()).isEmpty();
    }

    @Test
    void pollsAreBoundedInNumberAndSize() throws Exception {
        set(1);
        String token = get(watches.watch("client", null, Set.of(USER), LONG)).token();
        watches.watch("client", token, Set.of(USER), LONG);
        CompletableFuture<WatchAnswer> second = watches.watch("client", token, Set.of(USER), LONG);

        assertThat(watches.watch("client", token, Set.of(USER), LONG))
                .failsWithin(Duration.ofSeconds(1))
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        MoaException.class, e -> assertThat(e.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED));
        second.cancel(false);
        await().until(() -> watches.waiting() == 1);
        assertThat(watches.watch(
                        "client",
                        null,
                        Set.of(ServiceName.of("/a"), ServiceName.of("/b"), ServiceName.of("/c"), ServiceName.of("/d")),
                        LONG))
                .isCompletedExceptionally();
    }

    @Test
    void theServicesOfAllPollsTogetherAreBounded() throws Exception {
        set(1);
        ServiceName other = ServiceName.of("/service/other");
        try (Watches small = new Watches(
                new Lookup(List.of(new Findings()), new Switches(words), (source, finding) -> {}),
                new WatchProperties(Duration.ofSeconds(30), 100, 3),
                Duration.ofMinutes(1),
                3)) {
            Set<ServiceName> both = Set.of(USER, other);
            String token = get(small.watch("client", null, both, LONG)).token();
            CompletableFuture<WatchAnswer> first = small.watch("client", token, both, LONG);

            assertThat(small.watch("client", token, both, LONG))
                    .failsWithin(Duration.ofSeconds(1))
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOfSatisfying(
                            MoaException.class, e -> assertThat(e.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED));
            assertThat(small.waiting()).isEqualTo(1);
            first.cancel(false);
            await().until(() -> small.waiting() == 0);
            assertThat(small.watch("client", token, both, LONG)).isNotCompletedExceptionally();
        }
    }

    @Test
    void ofATokenOnlyTheServicesThatAreAskedForAreKept() throws Exception {
        set(1);
        Set<ServiceName> both = Set.of(USER, ServiceName.of("/service/other"));
        String one = get(watches.watch("client", null, Set.of(USER), LONG)).token();
        String two = get(watches.watch("client", null, both, LONG)).token();

        WatchAnswer quiet = get(watches.watch("client", two, Set.of(USER), Duration.ofMillis(50)));

        assertThat(quiet.answers()).isEmpty();
        assertThat(quiet.token()).isEqualTo(one).isNotEqualTo(two);
    }

    @Test
    void aTokenThatIsNotOursIsAsNone() throws Exception {
        set(1);

        assertThat(get(watches.watch("client", "%%%", Set.of(USER), LONG)).answers())
                .hasSize(1);
        assertThat(get(watches.watch("client", "Z2FyYmFnZQ", Set.of(USER), LONG))
                        .answers())
                .hasSize(1);
    }
}
