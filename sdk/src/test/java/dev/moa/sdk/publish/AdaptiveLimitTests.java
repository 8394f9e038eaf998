package dev.moa.sdk.publish;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AdaptiveLimitTests {

    private static final long MS = 1_000_000;

    private long now = 1;
    private final AdaptiveLimit limit = new AdaptiveLimit(20, 1_200, () -> now);
    private final AdaptiveLimit.Method fast = limit.newMethod();
    private final AdaptiveLimit.Method slow = limit.newMethod();

    @Test
    void nothingIsRefusedWhileCallsTakeWhatTheyUsuallyTake() {
        for (int second = 0; second < 10; second++) {
            window(fast, MS, 100);
            window(slow, 500 * MS, 100);
        }

        assertThat(limit.limit()).isEqualTo(1_200);
    }

    @Test
    void overloadShrinksItAndItsEndBringsItBack() {
        windows(20, fast, 5 * MS, 100);

        windows(7, fast, 300 * MS, 1_000);
        int overloaded = limit.limit();
        windows(60, fast, 5 * MS, 1_000);

        assertThat(overloaded).isLessThan(50);
        assertThat(limit.admits(51)).isTrue();
        assertThat(limit.limit()).isGreaterThan(200);
    }

    @Test
    void fewCallsThatTakeVeryLongDoNotMoveIt() {
        windows(20, fast, 5 * MS, 100);

        for (int i = 0; i < 20; i++) {
            limit.admits(1_000);
            for (int call = 0; call < 95; call++) {
                limit.ended(fast, 5 * MS);
            }
            for (int call = 0; call < 5; call++) {
                limit.ended(fast, 5_000 * MS);
            }
            window(fast, 5 * MS, 1_000);
        }

        assertThat(limit.limit()).isEqualTo(1_200);
    }

    @Test
    void serviceThatHasBecomeSlowerIsLetGrowAgain() {
        windows(20, fast, 5 * MS, 100);
        windows(8, fast, 90 * MS, 1_000);
        int suspected = limit.limit();

        windows(30, fast, 90 * MS, 1_000);

        assertThat(suspected).isLessThan(50);
        assertThat(limit.limit()).isGreaterThan(100);
    }

    @Test
    void millisecondsAreNotAnOverload() {
        windows(20, fast, MS / 10, 100);

        windows(20, fast, 15 * MS, 1_000);

        assertThat(limit.limit()).isEqualTo(1_200);
    }

    @Test
    void callsThatAreSlowWhileFewAreThereAreNotAnOverload() {
        windows(20, fast, 5 * MS, 100);

        windows(20, fast, 500 * MS, 20);

        assertThat(limit.limit()).isEqualTo(1_200);
    }

    @Test
    void itNeverFallsBelowItsLeast() {
        windows(20, fast, 5 * MS, 100);

        windows(7, fast, 5_000 * MS, 1_000);

        assertThat(limit.limit()).isGreaterThanOrEqualTo(20);
        assertThat(limit.admits(20)).isTrue();
    }

    private void windows(int count, AdaptiveLimit.Method method, long tookNanos, int inFlight) {
        for (int i = 0; i < count; i++) {
            window(method, tookNanos, inFlight);
        }
    }

    private void window(AdaptiveLimit.Method method, long tookNanos, int inFlight) {
        limit.admits(inFlight);
        for (int call = 0; call < 30; call++) {
            limit.ended(method, tookNanos);
        }
        now += 250 * MS;
        limit.ended(method, tookNanos);
    }
}
