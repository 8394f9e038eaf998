package dev.moa.spring;

import dev.moa.protocol.CallHandler;
import dev.moa.protocol.ServiceName;
import org.jspecify.annotations.Nullable;

/**
 * Publishes a service whose calls are answered by hand; for services that are more than a Java interface.
 *
 * @param service its name
 * @param handler answers each call; runs on the event loop and must not block
 * @param described an interface that says what the calls are, for {@code $describe}; null for a service that does not say
 */
public record CallHandlerRegistration(
        ServiceName service, CallHandler handler, @Nullable Class<?> described) {

    /** A service that does not say what its calls are. */
    public CallHandlerRegistration(ServiceName service, CallHandler handler) {
        this(service, handler, null);
    }
}
