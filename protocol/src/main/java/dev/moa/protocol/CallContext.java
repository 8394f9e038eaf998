package dev.moa.protocol;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What travels beside the arguments: {@code ctx} of the request object.
 *
 * @param app who calls, for statistics and rules; null where unknown
 * @param timeoutMs milliseconds that are left for the call; 0 means the default of the receiver (1,000)
 * @param traceparent W3C trace context, or null
 * @param path the readable place of the call in its trace: {@code 0}, {@code 0.1}, {@code 0.12.3}; null where unknown
 * @param tags small string pairs that every hop carries on, for example {@code lane=blue}
 * @param carried header entries that this version does not know and hands on; only moa frames have them
 */
public record CallContext(
        @Nullable String app,
        long timeoutMs,
        @Nullable String traceparent,
        @Nullable String path,
        Map<String, String> tags,
        CarriedHeaders carried) {

    /** No context at all. */
    public static final CallContext EMPTY = new CallContext(null, 0, null, null, Map.of());

    /** @throws IllegalArgumentException if {@code timeoutMs} is negative */
    public CallContext {
        if (timeoutMs < 0) {
            throw new IllegalArgumentException("timeoutMs: %d (expected: >= 0)".formatted(timeoutMs));
        }
        tags = Map.copyOf(tags);
    }

    /** A context without entries that this version does not know. */
    public CallContext(
            @Nullable String app,
            long timeoutMs,
            @Nullable String traceparent,
            @Nullable String path,
            Map<String, String> tags) {
        this(app, timeoutMs, traceparent, path, tags, CarriedHeaders.NONE);
    }

    /** Returns the same context with another time left. */
    public CallContext withTimeoutMs(long milliseconds) {
        return new CallContext(app, milliseconds, traceparent, path, tags, carried);
    }

    /** Returns the same context at another place of a trace. */
    public CallContext withTrace(@Nullable String newTraceparent, @Nullable String newPath) {
        return new CallContext(app, timeoutMs, newTraceparent, newPath, tags, carried);
    }

    /** Returns the same context called by another app. */
    public CallContext withApp(@Nullable String newApp) {
        return new CallContext(newApp, timeoutMs, traceparent, path, tags, carried);
    }
}
