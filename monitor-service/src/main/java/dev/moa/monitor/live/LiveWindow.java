package dev.moa.monitor.live;

import dev.moa.monitor.minute.MethodKey;
import dev.moa.monitor.minute.ProcessMinute;
import dev.moa.monitor.minute.Tally;
import dev.moa.sdk.stats.StatisticsReport;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What arrived in the last minutes, in slots of {@value #SLOT_MS} ms by the time it arrived. Reports that come
 * late by more than a minute are about the past and are not in here. Safe for many threads.
 */
public final class LiveWindow {
    static final long SLOT_MS = 5_000;
    private static final long LATE_MS = 60_000;
    private static final int MAX_PROCESSES = 50_000;

    private static final class Slot {
        final long startMs;
        final Map<MethodKey, Tally> open = new HashMap<>();
        // a closed slot keeps the encoded form, a tenth of the size
        Map<MethodKey, byte[]> closed = Map.of();
        long bytes;

        Slot(long startMs) {
            this.startMs = startMs;
        }

        void close() {
            if (!open.isEmpty()) {
                Map<MethodKey, byte[]> encoded = new HashMap<>();
                open.forEach((key, tally) -> {
                    byte[] form = tally.encode();
                    bytes += form.length + 100;
                    encoded.put(key, form);
                });
                closed = encoded;
                open.clear();
            }
        }
    }

    /**
     * What was counted in a window.
     *
     * @param fromMs where it really begins: a slot's beginning, or the first report
     */
    public record Answer(long fromMs, Map<MethodKey, Tally> methods) {}

    private final LiveProperties settings;
    private final Deque<Slot> slots = new ArrayDeque<>();
    private final Map<String, ProcessMinute> processes = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<String, Long> processSeenMs = new HashMap<>();
    private long firstFromMs = Long.MAX_VALUE;
    private long bytes;

    public LiveWindow(LiveProperties settings) {
        this.settings = settings;
    }

    /** Adds a report that is counted; {@code receivedMs} is when it arrived. */
    public synchronized void add(StatisticsReport report, long receivedMs) {
        if (receivedMs - report.toMs() > LATE_MS) {
            return;
        }
        firstFromMs = Math.min(firstFromMs, Math.min(report.fromMs(), receivedMs));
        Slot slot = slot(receivedMs - receivedMs % SLOT_MS);
        for (StatisticsReport.MethodDelta delta : report.methods()) {
            slot.open
                    .computeIfAbsent(new MethodKey(delta.service(), delta.method(), delta.side()), key -> new Tally())
                    .add(delta);
        }
        // the first of several reports about the same moments has the process in it
        if (report.process() != null) {
            String name = report.app() + '\0' + report.instance();
            processes.put(name, ProcessMinute.of(report, receivedMs - receivedMs % 60_000));
            processSeenMs.put(name, receivedMs);
            if (processes.size() > MAX_PROCESSES) {
                String oldest = processes.keySet().iterator().next();
                processes.remove(oldest);
                processSeenMs.remove(oldest);
            }
        }
    }

    private Slot slot(long startMs) {
        Slot last = slots.peekLast();
        // a clock set back adds to the last slot: the time something arrived never runs backwards
        if (last != null && last.startMs >= startMs) {
            return last;
        }
        if (last != null) {
            last.close();
            bytes += last.bytes;
        }
        Slot fresh = new Slot(startMs);
        slots.addLast(fresh);
        trim(startMs);
        return fresh;
    }

    private void trim(long nowMs) {
        long oldest = nowMs - settings.window().toMillis();
        while (slots.size() > 1
                && (slots.getFirst().startMs < oldest
                        || bytes > settings.maxSize().toBytes())) {
            bytes -= slots.removeFirst().bytes;
        }
    }

    /** Returns what arrived in the last {@code windowMs}, added up by method. */
    public synchronized Answer last(long windowMs, long nowMs) {
        trim(nowMs);
        long from = nowMs - windowMs;
        Map<MethodKey, Tally> methods = new HashMap<>();
        long first = nowMs;
        for (Slot slot : slots) {
            if (slot.startMs + SLOT_MS <= from) {
                continue;
            }
            first = Math.min(first, slot.startMs);
            slot.open.forEach((key, tally) ->
                    methods.computeIfAbsent(key, k -> new Tally()).add(tally));
            slot.closed.forEach((key, tally) ->
                    methods.computeIfAbsent(key, k -> new Tally()).add(Tally.decode(tally)));
        }
        // before the first report nothing was asked: a window that begins there is not half empty
        long begin = Math.max(Math.min(first, from), Math.min(firstFromMs, nowMs));
        return new Answer(begin, methods);
    }

    /** Returns the processes whose last report arrived in the last {@code windowMs}, as that report said. */
    public synchronized List<ProcessMinute> processes(long windowMs, long nowMs) {
        List<ProcessMinute> found = new ArrayList<>();
        long oldest = nowMs - settings.window().toMillis();
        processes.entrySet().removeIf(process -> {
            Long seen = processSeenMs.getOrDefault(process.getKey(), 0L);
            if (seen < oldest) {
                processSeenMs.remove(process.getKey());
                return true;
            }
            if (seen >= nowMs - windowMs) {
                found.add(process.getValue());
            }
            return false;
        });
        return found;
    }
}
