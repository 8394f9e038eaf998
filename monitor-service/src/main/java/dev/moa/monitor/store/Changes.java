package dev.moa.monitor.store;

import dev.moa.monitor.minute.MethodKey;
import dev.moa.monitor.minute.ProcessMinute;
import dev.moa.monitor.minute.SeenReports;
import dev.moa.monitor.minute.Tally;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** What a batch of reports adds to the store; written whole or not at all. Not safe for many threads. */
public final class Changes {
    record Row(MethodKey key, int minute) {}

    record Process(int minute, String app, String instance) {}

    final Map<Row, Tally> rows = new HashMap<>();
    final Map<Process, ProcessMinute> processes = new HashMap<>();
    final Map<String, SeenReports> seen = new HashMap<>();

    /** Returns the tally of a method's minute, to add to. */
    public Tally tally(MethodKey key, int minute) {
        return rows.computeIfAbsent(new Row(key, minute), row -> new Tally());
    }

    public void add(int minute, ProcessMinute process) {
        processes.merge(new Process(minute, process.app(), process.instance()), process, ProcessMinute::and);
    }

    /** Returns what is known about the reports of a process, to mark; {@code stored} is asked the first time. */
    public SeenReports seen(String bootId, Function<String, SeenReports> stored) {
        return seen.computeIfAbsent(bootId, stored);
    }

    public boolean isEmpty() {
        return rows.isEmpty() && processes.isEmpty() && seen.isEmpty();
    }
}
