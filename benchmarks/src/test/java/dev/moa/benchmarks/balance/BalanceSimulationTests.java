package dev.moa.benchmarks.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The bounds that moa's balancer, ejection and budget hold, in virtual time, for several seeds. */
class BalanceSimulationTests {

    private static final long[] SEEDS = LongStream.rangeClosed(1, 3).toArray();

    @Test
    void nodeThatIsTwentyTimesSlowerGetsAtMostTwoPercent() {
        for (long seed : SEEDS) {
            BalanceCases.Shares shares = BalanceCases.slow(BalanceCases.MOA, seed);

            assertThat(shares.firstSecond()).isLessThanOrEqualTo(0.02);
            assertThat(shares.after()).isLessThanOrEqualTo(0.02);
        }
    }

    /** Each call that it has is overtaken by a hedge, so that its answers are never seen. */
    @Test
    void slowNodeIsAvoidedThoughHedgesHideItsAnswers() {
        for (long seed : SEEDS) {
            BalanceCases.Shares shares = BalanceCases.slow(BalanceCases.MOA_HEDGING, seed);

            assertThat(shares.firstSecond()).isLessThanOrEqualTo(0.02);
            assertThat(shares.after()).isLessThanOrEqualTo(0.005);
            assertThat(BalanceCases.recovery(BalanceCases.MOA_HEDGING, false, seed))
                    .isGreaterThan(0.9);
        }
    }

    @Test
    void nodeThatFailsAtOnceGetsAtMostOnePercent() {
        for (long seed : SEEDS) {
            BalanceCases.Shares shares = BalanceCases.blackHole(BalanceCases.MOA, seed);

            assertThat(shares.firstSecond()).isLessThanOrEqualTo(0.01);
            assertThat(shares.after()).isLessThanOrEqualTo(0.01);
        }
    }

    @Test
    void nodeThatIsWellAgainHasItsShareWithinTenSeconds() {
        for (long seed : SEEDS) {
            assertThat(BalanceCases.recovery(BalanceCases.MOA, false, seed)).isGreaterThan(0.9);
            assertThat(BalanceCases.recovery(BalanceCases.MOA, true, seed)).isGreaterThan(0.9);
        }
    }

    @Test
    void repetitionsAddAtMostAFifthOfTheLoad() {
        for (long seed : SEEDS) {
            assertThat(BalanceCases.outage(BalanceCases.MOA_HEDGING, seed)).isLessThanOrEqualTo(0.2);
            assertThat(BalanceCases.brownOut(BalanceCases.MOA_HEDGING, seed)).isLessThanOrEqualTo(0.2);
        }
    }

    @Test
    void coldNodeDoesNotShowInTheTail() {
        for (long seed : SEEDS) {
            BalanceCases.Newcomer newcomer = BalanceCases.newcomer(BalanceCases.MOA, seed);

            assertThat(newcomer.p99Ms()).isLessThanOrEqualTo(newcomer.usualP99Ms() * 1.5);
            assertThat(newcomer.share()).isGreaterThan(0.9);
        }
    }

    @Test
    void coldNodeWarmsUpThoughHedgesHideItsAnswers() {
        for (long seed : SEEDS) {
            BalanceCases.Newcomer newcomer = BalanceCases.newcomer(BalanceCases.MOA_HEDGING, seed);

            assertThat(newcomer.p99Ms()).isLessThanOrEqualTo(newcomer.usualP99Ms() * 1.5);
            assertThat(newcomer.share()).isGreaterThan(0.9);
        }
    }

    @Test
    void sameSeedGivesTheSameRun() {
        assertThat(BalanceCases.slow(BalanceCases.MOA, 7)).isEqualTo(BalanceCases.slow(BalanceCases.MOA, 7));
    }
}
