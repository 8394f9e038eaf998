package dev.moa.protocol;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The moment by which a call must have ended: absolute and monotonic in a process, remaining milliseconds on
 * the wire.
 *
 * @param nanoTime the moment, on the scale of {@link System#nanoTime()}
 */
public record Deadline(long nanoTime) {

    /** Returns the deadline {@code timeout} from now. */
    public static Deadline after(Duration timeout) {
        return new Deadline(System.nanoTime() + timeout.toNanos());
    }

    /** Returns the deadline {@code milliseconds} from now. */
    public static Deadline afterMillis(long milliseconds) {
        return new Deadline(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds));
    }

    /** Returns what is left, in nanoseconds; zero or less once it has passed. */
    public long remainingNanos() {
        return nanoTime - System.nanoTime();
    }

    /** Returns what is left, in milliseconds rounded up, so that it is 0 only once it has passed. */
    public long remainingMillis() {
        long nanos = remainingNanos();
        return nanos <= 0 ? 0 : (nanos + 999_999) / 1_000_000;
    }

    /** Returns whether it has passed. */
    public boolean hasPassed() {
        return remainingNanos() <= 0;
    }

    /** Returns the earlier of two deadlines. */
    public Deadline earlier(Deadline other) {
        return nanoTime - other.nanoTime <= 0 ? this : other;
    }
}
