package dev.moa.sdk.stats;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** The closed reports that nobody has taken yet, oldest first, bounded in bytes. Safe for many threads. */
final class ReportBuffer {
    private final long maxBytes;
    private final Deque<byte[]> reports = new ArrayDeque<>();
    private long bytes;
    private long dropped;

    ReportBuffer(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Adds a report; the oldest go if there is no room. */
    synchronized void add(byte[] report) {
        reports.addLast(report);
        bytes += report.length;
        while (bytes > maxBytes && reports.size() > 1) {
            bytes -= reports.removeFirst().length;
            dropped++;
        }
    }

    synchronized byte @Nullable [] oldest() {
        return reports.peekFirst();
    }

    /** Takes out a report that was delivered; it may have been dropped meanwhile. */
    synchronized void remove(byte[] report) {
        if (reports.peekFirst() == report) {
            reports.removeFirst();
            bytes -= report.length;
        }
    }

    synchronized int size() {
        return reports.size();
    }

    synchronized long bytes() {
        return bytes;
    }

    synchronized long dropped() {
        return dropped;
    }

    long maxBytes() {
        return maxBytes;
    }
}
