package dev.moa.async.task;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The name of a task: 32 hex digits, a hyphen, 16 hex digits. The first part is the trace id of whoever
 * submitted it; with a dedupe key all of it is a hash of that key, so that the same key names the same task
 * on every broker, without asking anybody.
 *
 * @param high the upper half of the trace id
 * @param low the lower half of the trace id
 * @param suffix what tells the tasks of one trace apart
 */
public record TaskId(long high, long low, long suffix) {
    private static final int LENGTH = 49;
    private static final HexFormat HEX = HexFormat.of();

    /** Returns a new id within the trace of {@code traceparent} (W3C), or within a new one where it is null or no trace context. */
    public static TaskId create(@Nullable String traceparent) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        if (traceparent != null && TraceParent.isValid(traceparent)) {
            return new TaskId(
                    HexFormat.fromHexDigitsToLong(traceparent, 3, 19),
                    HexFormat.fromHexDigitsToLong(traceparent, 19, 35),
                    random.nextLong());
        }
        return new TaskId(random.nextLong(), random.nextLong() | 1, random.nextLong());
    }

    /** Returns the id that {@code dedupeKey} always has. */
    public static TaskId ofDedupeKey(String dedupeKey) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(("moa-task:" + dedupeKey).getBytes(StandardCharsets.UTF_8));
            ByteBuffer buffer = ByteBuffer.wrap(hash);
            return new TaskId(buffer.getLong(), buffer.getLong(), buffer.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** @throws IllegalArgumentException if {@code text} is not a task id */
    @JsonCreator
    public static TaskId parse(String text) {
        if (text.length() == LENGTH && text.charAt(32) == '-') {
            try {
                return new TaskId(
                        HexFormat.fromHexDigitsToLong(text, 0, 16),
                        HexFormat.fromHexDigitsToLong(text, 16, 32),
                        HexFormat.fromHexDigitsToLong(text, 33, LENGTH));
            } catch (IllegalArgumentException e) {
                // falls through to the message that shows the whole of it
            }
        }
        throw new IllegalArgumentException("taskId: '%s' (expected: 32 hex digits, a hyphen, 16 hex digits)"
                .formatted(text.length() > 64 ? text.substring(0, 64) + "…" : text));
    }

    /** Returns the 32 hex digits of the trace. */
    public String traceId() {
        return HEX.toHexDigits(high) + HEX.toHexDigits(low);
    }

    @Override
    public int hashCode() {
        long mixed = high ^ low ^ suffix;
        return (int) (mixed ^ (mixed >>> 32));
    }

    @Override
    @JsonValue
    public String toString() {
        return traceId() + '-' + HEX.toHexDigits(suffix);
    }
}
