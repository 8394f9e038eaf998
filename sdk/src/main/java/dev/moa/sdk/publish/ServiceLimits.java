package dev.moa.sdk.publish;

import java.util.HashMap;
import java.util.Map;

/**
 * How much of a published service runs at once. Beyond both numbers a call is answered RESOURCE_EXHAUSTED at once,
 * without having been started, so that its caller may try another instance. Methods marked as not blocking are not
 * counted.
 *
 * @param concurrency calls of the service that run at once (200)
 * @param queue calls of the service that wait for their turn (1,000); those past their deadline are not started
 * @param adaptiveFrom calls of the service that are taken in any case (20); beyond them as many as do not take much
 *     longer than they usually do, up to {@code concurrency} and {@code queue} together. 0 means those two alone
 * @param methods calls of single methods that are taken at once, running and waiting, by name on the wire (none);
 *     {@link dev.moa.sdk.annotation.MoaMethod#maxInFlight} of the others counts
 */
public record ServiceLimits(int concurrency, int queue, int adaptiveFrom, Map<String, Integer> methods) {

    private static final int ADAPTIVE_FROM = 20;
    private static final ServiceLimits DEFAULTS = new ServiceLimits(200, 1_000);

    /** Limits without any for single methods. */
    public ServiceLimits(int concurrency, int queue, int adaptiveFrom) {
        this(concurrency, queue, adaptiveFrom, Map.of());
    }

    /** Limits that adapt from 20 calls on. */
    public ServiceLimits(int concurrency, int queue) {
        this(concurrency, queue, ADAPTIVE_FROM);
    }

    /** @throws IllegalArgumentException if concurrency or a method's limit is not positive or queue is negative */
    public ServiceLimits {
        if (concurrency < 1) {
            throw new IllegalArgumentException("concurrency: %d (expected: > 0)".formatted(concurrency));
        }
        if (queue < 0) {
            throw new IllegalArgumentException("queue: %d (expected: >= 0)".formatted(queue));
        }
        if (adaptiveFrom < 0) {
            throw new IllegalArgumentException("adaptiveFrom: %d (expected: >= 0)".formatted(adaptiveFrom));
        }
        methods = Map.copyOf(methods);
        methods.forEach((name, most) -> {
            if (most < 1) {
                throw new IllegalArgumentException("methods: %d for %s (expected: > 0)".formatted(most, name));
            }
        });
    }

    /** Returns the same limits that adapt from another number of calls on; 0 means that they do not. */
    public ServiceLimits withAdaptiveFrom(int calls) {
        return new ServiceLimits(concurrency, queue, calls, methods);
    }

    /** Returns the same limits with so many calls at once of a method, which the services published with them have. */
    public ServiceLimits withMethod(String name, int calls) {
        Map<String, Integer> all = new HashMap<>(methods);
        all.put(name, calls);
        return new ServiceLimits(concurrency, queue, adaptiveFrom, all);
    }

    /** Returns 200 at once and 1,000 waiting, adaptive from 20 on. */
    public static ServiceLimits defaults() {
        return DEFAULTS;
    }
}
