package dev.moa.sdk.call;

import org.jspecify.annotations.Nullable;

/** How a client calls. Start from {@link #defaults()}. */
public record CallSettings(@Nullable String zone) {

    private static final CallSettings DEFAULTS = new CallSettings(null);

    /** Returns the settings of an ordinary client. */
    public static CallSettings defaults() {
        return DEFAULTS;
    }

    /** Returns the same settings in another zone. */
    public CallSettings withZone(@Nullable String newZone) {
        return new CallSettings(newZone);
    }
}
