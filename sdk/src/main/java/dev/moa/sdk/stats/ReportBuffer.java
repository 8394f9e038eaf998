package dev.moa.sdk.stats;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The closed reports that nobody has taken yet, oldest first, bounded in bytes.
 *
 * <p>A report that nobody has tried to send grows by what comes later in the same minute, so that a long wait
 * costs one report a minute. Once it was on its way it stays as it is: the monitor may have it. Safe for many
 * threads.
 */
final class ReportBuffer {

    /** A report that waits. */
    static final class Waiting {
        private byte[] json;
        // kept for the youngest alone, to add to it
        private @Nullable StatisticsReport open;
        private int attempts;

        private Waiting(StatisticsReport report, byte[] json, boolean mayGrow) {
            this.json = json;
            this.open = mayGrow ? report : null;
        }

        byte[] json() {
            return json;
        }

        /** Returns how often it was on its way, this time too. */
        int attempts() {
            return attempts;
        }
    }

    private final long maxBytes;
    private final int maxReportBytes;
    private final Deque<Waiting> reports = new ArrayDeque<>();
    private long bytes;
    private long dropped;

    /** @param maxReportBytes reports do not grow past this */
    ReportBuffer(long maxBytes, int maxReportBytes) {
        this.maxBytes = maxBytes;
        this.maxReportBytes = maxReportBytes;
    }

    /**
     * Adds a report; the oldest go if there is no room.
     *
     * @param mayGrow whether it is all there is about its time, so that the next one may be added to it
     * @return false if it was added to the one before, and its number is free
     */
    synchronized boolean add(StatisticsReport report, byte[] json, boolean mayGrow) {
        Waiting youngest = reports.peekLast();
        if (youngest != null) {
            StatisticsReport before = youngest.open;
            if (mayGrow && before != null && before.isSameMinute(report)) {
                StatisticsReport both = before.and(report);
                byte[] bothJson = both.toJson();
                if (bothJson.length <= maxReportBytes) {
                    bytes += bothJson.length - youngest.json.length;
                    youngest.json = bothJson;
                    youngest.open = both;
                    trim();
                    return false;
                }
            }
            youngest.open = null;
        }
        reports.addLast(new Waiting(report, json, mayGrow));
        bytes += json.length;
        trim();
        return true;
    }

    private void trim() {
        while (bytes > maxBytes && reports.size() > 1) {
            bytes -= reports.removeFirst().json.length;
            dropped++;
        }
    }

    /** Returns the oldest report, which is now on its way; null if there is none. */
    synchronized @Nullable Waiting sendOldest() {
        Waiting oldest = reports.peekFirst();
        if (oldest != null) {
            oldest.open = null;
            oldest.attempts++;
        }
        return oldest;
    }

    /** Takes out a report that was delivered, or is given up. */
    synchronized void remove(Waiting report) {
        if (reports.peekFirst() == report) {
            reports.removeFirst();
            bytes -= report.json.length;
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
