package dev.moa.monitor.minute;

import java.nio.ByteBuffer;

/**
 * Which reports of one start of a process have been counted: the highest number and a bitmap of the
 * {@value #WINDOW} before it. A process sends in order, one at a time, so a report that comes later than that
 * many of its successors was counted, or is lost for good; it is not counted.
 */
public final class SeenReports {
    private static final int WINDOW = 512;
    private static final int WORDS = WINDOW / 64;

    private long highest;
    private long lastSeenMs;
    private final long[] bits = new long[WORDS];

    /** Marks a report as counted; returns whether it was not before. */
    public boolean mark(long seq, long nowMs) {
        lastSeenMs = Math.max(lastSeenMs, nowMs);
        if (seq > highest) {
            for (long gap = Math.max(highest + 1, seq - WINDOW + 1); gap < seq; gap++) {
                set(gap, false);
            }
            highest = seq;
            set(seq, true);
            return true;
        }
        if (seq <= highest - WINDOW || isSet(seq)) {
            return false;
        }
        set(seq, true);
        return true;
    }

    /** Returns when a report of this process last came. */
    public long lastSeenMs() {
        return lastSeenMs;
    }

    private boolean isSet(long seq) {
        int place = (int) Math.floorMod(seq, (long) WINDOW);
        return (bits[place >>> 6] & 1L << place) != 0;
    }

    private void set(long seq, boolean seen) {
        int place = (int) Math.floorMod(seq, (long) WINDOW);
        if (seen) {
            bits[place >>> 6] |= 1L << place;
        } else {
            bits[place >>> 6] &= ~(1L << place);
        }
    }

    /** Returns the form in which it is stored. */
    public byte[] encode() {
        ByteBuffer buffer = ByteBuffer.allocate(16 + WORDS * 8).putLong(highest).putLong(lastSeenMs);
        for (long word : bits) {
            buffer.putLong(word);
        }
        return buffer.array();
    }

    public static SeenReports decode(byte[] stored) {
        ByteBuffer buffer = ByteBuffer.wrap(stored);
        SeenReports seen = new SeenReports();
        seen.highest = buffer.getLong();
        seen.lastSeenMs = buffer.getLong();
        for (int i = 0; i < WORDS; i++) {
            seen.bits[i] = buffer.getLong();
        }
        return seen;
    }
}
