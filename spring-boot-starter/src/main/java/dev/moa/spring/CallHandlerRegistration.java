package dev.moa.spring;

import dev.moa.protocol.CallHandler;
import dev.moa.protocol.ServiceName;

/**
 * Publishes a service whose calls are answered by hand; for services that are more than a Java interface.
 *
 * @param service its name
 * @param handler answers each call; runs on the event loop and must not block
 */
public record CallHandlerRegistration(ServiceName service, CallHandler handler) {}
