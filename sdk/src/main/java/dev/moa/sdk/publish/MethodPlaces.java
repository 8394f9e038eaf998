package dev.moa.sdk.publish;

import dev.moa.sdk.codec.ServiceInterface;
import dev.moa.sdk.codec.ServiceMethod;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/**
 * How many calls of single methods a service takes at once, so that a slow method cannot take all of its places. A place
 * is given back when the work has ended, which may be after its caller has given up. Safe for many threads.
 */
final class MethodPlaces {

    private final Map<ServiceMethod, Semaphore> limited = new HashMap<>();

    /** @throws IllegalArgumentException if the limits name a method that is not there */
    MethodPlaces(ServiceInterface methods, ServiceLimits limits) {
        limits.methods().keySet().stream()
                .filter(name -> methods.method(name) == null)
                .findFirst()
                .ifPresent(name -> {
                    throw new IllegalArgumentException("limits: '%s' (expected: one of %s)"
                            .formatted(
                                    name,
                                    methods.methods().stream()
                                            .map(ServiceMethod::name)
                                            .toList()));
                });
        for (ServiceMethod method : methods.methods()) {
            int most = limits.methods().getOrDefault(method.name(), method.maxInFlight());
            if (most > 0) {
                limited.put(method, new Semaphore(most));
            }
        }
    }

    /** Returns whether there is a place; the call has it to its end then. */
    boolean take(ServiceMethod method, CompletableFuture<?> call) {
        Semaphore places = limited.get(method);
        if (places == null) {
            return true;
        }
        if (!places.tryAcquire()) {
            return false;
        }
        call.whenComplete((answer, failure) -> places.release());
        return true;
    }
}
