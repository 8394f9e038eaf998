package dev.moa.protocol.io;

import io.netty.util.concurrent.FastThreadLocal;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines of the calls that one event loop looks after: a hashed wheel (Varghese and Lauck, 1987) of
 * {@value #BUCKETS} buckets and ticks of {@value #TICK_MS} ms, whose entries are links of the bucket's own list, so
 * setting and clearing a deadline is a handful of stores.
 *
 * <p>Not safe for threads: a wheel belongs to its event loop, and each of its methods must run there. It sleeps until
 * the first tick that a deadline was set to: with calls that take a millisecond of the five seconds that they may, it
 * turns once in five seconds. A deadline is met up to one tick late, never early.
 */
public final class DeadlineWheel {

    static final int BUCKETS = 512;
    static final int TICK_MS = 10;

    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(TICK_MS);
    private static final FastThreadLocal<DeadlineWheel> OF_THIS_LOOP = new FastThreadLocal<>();

    /** A deadline that is set at most once at a time. */
    public static final class Timeout {
        private final Runnable action;
        private long tick;
        private boolean set;
        private @Nullable Timeout previous;
        private @Nullable Timeout next;

        /** @param action runs on the event loop once the deadline has passed; it must not throw */
        public Timeout(Runnable action) {
            this.action = action;
        }
    }

    private final ScheduledExecutorService loop;
    private final Timeout[] heads = new Timeout[BUCKETS];
    private final long startNanos = System.nanoTime();
    private final Runnable turn = this::turn;
    private long lastTick;
    private int count;
    /** When {@link #turning} turns it: no later than the first deadline, which may have been cleared since. */
    private long nextTick;

    private @Nullable Future<?> turning;

    DeadlineWheel(ScheduledExecutorService loop) {
        this.loop = loop;
        for (int i = 0; i < BUCKETS; i++) {
            Timeout head = new Timeout(() -> {});
            head.previous = head;
            head.next = head;
            heads[i] = head;
        }
    }

    /** Returns the wheel of {@code loop}, on whose thread the caller is. */
    public static DeadlineWheel of(ScheduledExecutorService loop) {
        if (loop instanceof LendingLoop lending) {
            return lending.wheel();
        }
        DeadlineWheel wheel = OF_THIS_LOOP.get();
        if (wheel == null || wheel.loop != loop) {
            wheel = new DeadlineWheel(loop);
            OF_THIS_LOOP.set(wheel);
        }
        return wheel;
    }

    /** Sets {@code timeout} to {@code nanoTime} on the scale of {@link System#nanoTime()}. */
    public void set(Timeout timeout, long nanoTime) {
        if (timeout.set) {
            throw new IllegalStateException("the deadline is set already");
        }
        if (count++ == 0) {
            lastTick = tickOf(System.nanoTime());
        }
        timeout.tick = Math.max(tickOf(nanoTime) + 1, lastTick + 1);
        timeout.set = true;
        link(heads[(int) (timeout.tick & (BUCKETS - 1))], timeout);
        if (turning == null || timeout.tick < nextTick) {
            turnAt(timeout.tick);
        }
    }

    /** Clears {@code timeout} if it is set. */
    public void clear(Timeout timeout) {
        if (timeout.set) {
            timeout.set = false;
            count--;
            unlink(timeout);
        }
    }

    private void turnAt(long tick) {
        Future<?> later = turning;
        if (later != null) {
            later.cancel(false);
        }
        nextTick = Math.min(tick, lastTick + BUCKETS);
        long delayNanos = startNanos + nextTick * TICK_NANOS - System.nanoTime();
        turning = loop.schedule(turn, Math.max(0, delayNanos), TimeUnit.NANOSECONDS);
    }

    private void turn() {
        turning = null;
        long now = tickOf(System.nanoTime());
        long from = Math.max(lastTick + 1, now - BUCKETS + 1);
        lastTick = now;
        for (long tick = from; tick <= now; tick++) {
            expire(heads[(int) (tick & (BUCKETS - 1))], now);
        }
        if (count > 0) {
            turnAt(firstAfter(now));
        }
    }

    /** Returns the tick of the next bucket that has deadlines, be they of a later turn. */
    private long firstAfter(long tick) {
        long next = tick + 1;
        while (next < tick + BUCKETS && isEmpty(heads[(int) (next & (BUCKETS - 1))])) {
            next++;
        }
        return next;
    }

    private static boolean isEmpty(Timeout head) {
        return head.next == head;
    }

    private void expire(Timeout head, long now) {
        // due ones move to a list of their own first: an action may set and clear others in this bucket
        Timeout due = new Timeout(() -> {});
        due.previous = due;
        due.next = due;
        for (Timeout each = next(head); each != head; ) {
            Timeout following = next(each);
            if (each.tick <= now) {
                unlink(each);
                link(due, each);
            }
            each = following;
        }
        for (Timeout each = next(due); each != due; each = next(due)) {
            clear(each);
            each.action.run();
        }
    }

    private long tickOf(long nanoTime) {
        return Math.max(0, nanoTime - startNanos) / TICK_NANOS;
    }

    private static Timeout next(Timeout of) {
        Timeout next = of.next;
        if (next == null) {
            throw new IllegalStateException("not in a list");
        }
        return next;
    }

    private static void link(Timeout head, Timeout timeout) {
        Timeout last = head.previous;
        if (last == null) {
            throw new IllegalStateException("not a list");
        }
        timeout.previous = last;
        timeout.next = head;
        last.next = timeout;
        head.previous = timeout;
    }

    private static void unlink(Timeout timeout) {
        Timeout before = timeout.previous;
        Timeout after = timeout.next;
        if (before != null && after != null) {
            before.next = after;
            after.previous = before;
        }
        timeout.previous = null;
        timeout.next = null;
    }
}
