package dev.moa.sdk.publish;

/**
 * How much of a published service runs at once. Beyond both numbers a call is answered RESOURCE_EXHAUSTED at once,
 * without having been started.
 *
 * @param concurrency calls of the service that run at once (200)
 * @param queue calls of the service that wait for their turn (1,000); those past their deadline are not started
 */
public record ServiceLimits(int concurrency, int queue) {

    private static final ServiceLimits DEFAULTS = new ServiceLimits(200, 1_000);

    /** @throws IllegalArgumentException if concurrency is not positive or queue is negative */
    public ServiceLimits {
        if (concurrency < 1) {
            throw new IllegalArgumentException("concurrency: %d (expected: > 0)".formatted(concurrency));
        }
        if (queue < 0) {
            throw new IllegalArgumentException("queue: %d (expected: >= 0)".formatted(queue));
        }
    }

    /** Returns 200 at once and 1,000 waiting. */
    public static ServiceLimits defaults() {
        return DEFAULTS;
    }
}
