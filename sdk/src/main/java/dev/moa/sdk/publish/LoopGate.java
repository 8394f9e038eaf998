package dev.moa.sdk.publish;

/**
 * Whether the calls of a method begin on the event loop, learned from what they take. A method starts on threads of its
 * own; after {@value #FIRST} fast calls it begins on the loop, and goes back when it turns out not to belong there:
 *
 * <ul>
 *   <li>at once, when a call has computed for more than 1 ms, or held the loop for more than 100 ms in whatever way;
 *   <li>when more than two calls in a thousand hold the loop for more than 1 ms without computing: the loop's thread may
 *       have lost its processor, which says nothing of the method, or the method reads a slow file;
 *   <li>when more than one call in {@value #PARKED} waits. Such calls do not hold the loop, but they gain nothing there.
 * </ul>
 *
 * <p>Each time it goes back it needs twice as many fast calls, up to {@value #MOST}, so a method that is fast most of the
 * time holds a loop at most once in so many calls. A method that has done {@value #FORGIVEN} calls well begins anew.
 *
 * <p>The counters are plain: threads that count at the same moment lose a call or two, which changes nothing that matters.
 */
final class LoopGate {

    /** A call that takes longer is not worth avoiding two wake-ups for, some 10 µs each, at the expense of the calls behind it. */
    static final long FAST_NANOS = 100_000;

    static final long HELD_NANOS = 1_000_000;
    static final long HELD_LONG_NANOS = 100_000_000;
    static final int FIRST = 256;
    static final int MOST = 32_768;
    static final int FORGIVEN = 65_536;
    /** A slow call takes away so many fast ones: more than 1.6 % slow ones, and a method stays on threads. */
    private static final int SLOW = 64;

    private static final int PARKED = 64;
    private static final int HELD = 512;
    private static final int TOO_MUCH = 8 * HELD;

    private volatile boolean onLoop;
    private int needed = FIRST;
    private int fast;
    private int strain;
    private int well;

    /** Returns whether the next call begins on the loop. */
    boolean isOnLoop() {
        return onLoop;
    }

    /** A call on a thread of its own has ended. */
    void endedOnThread(long tookNanos) {
        if (onLoop) {
            return;
        }
        if (tookNanos >= FAST_NANOS) {
            fast = Math.max(0, fast - SLOW);
        } else if (++fast >= needed) {
            fast = 0;
            strain = 0;
            well = 0;
            onLoop = true;
        }
    }

    /** A call has ended on the loop. */
    void endedOnLoop(long heldNanos) {
        if (heldNanos < HELD_NANOS) {
            strain -= strain > 0 ? 1 : 0;
            if (++well == FORGIVEN) {
                needed = FIRST;
            }
        }
    }

    /** A call has left the loop because it waits for something. */
    void parked() {
        strain(PARKED);
    }

    /** A call, ended or parked, has held the loop for longer than {@link #HELD_NANOS}. */
    void held(long heldNanos, boolean computed) {
        strain(computed || heldNanos > HELD_LONG_NANOS ? TOO_MUCH : HELD);
    }

    private void strain(int more) {
        strain += more;
        if (strain >= TOO_MUCH) {
            leaveLoop();
        }
    }

    // for several loops at once: it counts once
    private synchronized void leaveLoop() {
        if (onLoop) {
            fast = 0;
            needed = Math.min(MOST, 2 * needed);
            onLoop = false;
        }
    }
}
