package dev.moa.sdk.call;

import org.jspecify.annotations.Nullable;

/** What a client keeps of one method: its settings, its own limits, how long it usually takes. */
final class MethodCalls {

    private final MethodSettings settings;
    private final @Nullable Guard guard;
    private final @Nullable LearnedQuantile latency;

    /** @param guard limits beside those of the service; null where there are none */
    MethodCalls(MethodSettings settings, @Nullable Guard guard) {
        this.settings = settings;
        this.guard = guard;
        this.latency = settings.hedgeQuantile() == 0 ? null : new LearnedQuantile(settings.hedgeQuantile());
    }

    int maxAttempts() {
        return settings.maxAttempts();
    }

    boolean isIdempotent(boolean otherwise) {
        Boolean said = settings.idempotent();
        return said == null ? otherwise : said;
    }

    @Nullable
    Guard guard() {
        return guard;
    }

    /** Returns after how long another instance is asked too; {@link Long#MAX_VALUE} means never. */
    long hedgeAfterNanos() {
        return latency == null ? Long.MAX_VALUE : latency.nanos();
    }

    /** An attempt was answered, or had run for so long when it was given up. */
    void took(long nanos) {
        if (latency != null) {
            latency.add(nanos);
        }
    }
}
