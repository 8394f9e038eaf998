package dev.moa.sdk.publish;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LoopGateTests {

    private static final long FAST = 5_000;
    private static final long SLOW = LoopGate.FAST_NANOS;
    private static final long HELD = LoopGate.HELD_NANOS;

    private final LoopGate gate = new LoopGate();

    @Test
    void methodBeginsOnTheLoopAfterItsFirstFastCalls() {
        onThreads(LoopGate.FIRST - 1, FAST);
        assertThat(gate.isOnLoop()).isFalse();

        onThreads(1, FAST);

        assertThat(gate.isOnLoop()).isTrue();
    }

    @Test
    void methodThatIsSlowNowAndThenStaysOnThreads() {
        for (int i = 0; i < 1_000; i++) {
            onThreads(49, FAST);
            onThreads(1, SLOW);
        }

        assertThat(gate.isOnLoop()).isFalse();
    }

    @Test
    void fewCallsThatLostTheirProcessorDoNotKeepAMethodFromTheLoop() {
        for (int i = 0; i < 5; i++) {
            onThreads(200, FAST);
            onThreads(1, 4_000_000);
        }

        assertThat(gate.isOnLoop()).isTrue();
    }

    @Test
    void callThatComputesSendsItsMethodBackAtOnce() {
        onThreads(LoopGate.FIRST, FAST);

        gate.held(HELD, true);

        assertThat(gate.isOnLoop()).isFalse();
    }

    @Test
    void callThatHoldsTheLoopForLongSendsItsMethodBackWhateverItDid() {
        onThreads(LoopGate.FIRST, FAST);

        gate.held(LoopGate.HELD_LONG_NANOS + 1, false);

        assertThat(gate.isOnLoop()).isFalse();
    }

    @Test
    void rareHoldsWithoutWorkAreForgotten() {
        onThreads(LoopGate.FIRST, FAST);

        for (int i = 0; i < 100; i++) {
            gate.held(HELD, false);
            onLoop(1_000);
        }

        assertThat(gate.isOnLoop()).isTrue();
    }

    @Test
    void frequentHoldsWithoutWorkAreNot() {
        onThreads(LoopGate.FIRST, FAST);

        for (int i = 0; i < 20; i++) {
            gate.held(HELD, false);
            onLoop(100);
        }

        assertThat(gate.isOnLoop()).isFalse();
    }

    @Test
    void methodThatWaitsOftenGoesBackAndOneThatWaitsRarelyStays() {
        onThreads(LoopGate.FIRST, FAST);
        for (int i = 0; i < 1_000; i++) {
            gate.parked();
            onLoop(99);
        }
        assertThat(gate.isOnLoop()).isTrue();

        for (int i = 0; i < 1_000; i++) {
            gate.parked();
            onLoop(9);
        }
        assertThat(gate.isOnLoop()).isFalse();
    }

    @Test
    void eachReturnToTheLoopTakesTwiceAsManyCallsUpToABound() {
        for (int needed = LoopGate.FIRST; needed < 4 * LoopGate.MOST; needed *= 2) {
            onThreads(Math.min(needed, LoopGate.MOST) - 1, FAST);
            assertThat(gate.isOnLoop()).isFalse();
            onThreads(1, FAST);
            assertThat(gate.isOnLoop()).isTrue();

            gate.held(HELD, true);
        }
    }

    @Test
    void methodThatHasDoneWellForLongBeginsAnew() {
        for (int i = 0; i < 5; i++) {
            onThreads(LoopGate.MOST, FAST);
            gate.held(HELD, true);
        }
        onThreads(LoopGate.MOST, FAST);

        onLoop(LoopGate.FORGIVEN);

        gate.held(HELD, true);
        onThreads(2 * LoopGate.FIRST, FAST);
        assertThat(gate.isOnLoop()).isTrue();
    }

    private void onThreads(int calls, long nanos) {
        for (int i = 0; i < calls; i++) {
            gate.endedOnThread(nanos);
        }
    }

    private void onLoop(int calls) {
        for (int i = 0; i < calls; i++) {
            gate.endedOnLoop(FAST);
        }
    }
}
