package dev.moa.async.task;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The W3C trace context of a task and of each of its attempts, which are spans of their own. */
public final class TraceParent {
    private static final Pattern GRAMMAR =
            Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    private TraceParent() {}

    public static boolean isValid(String value) {
        return GRAMMAR.matcher(value).matches();
    }

    /** Returns {@code given} if it is a trace context, else a sampled one in the trace that the task's id carries. */
    public static String orOf(TaskId id, @Nullable String given) {
        return given != null && isValid(given) ? given : "00-" + id.traceId() + '-' + span() + "-01";
    }

    /** Returns the context of a child: the same trace, a new span. */
    public static String child(String parent) {
        return parent.substring(0, 36) + span() + parent.substring(52);
    }

    private static String span() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong() | 1);
    }
}
