package dev.moa.sdk.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The method returns within microseconds and never waits: it runs on the connection's event loop, without the
 * hop to a worker. A method that breaks this promise stops every call of its connections. On JDK 24 and up moa finds
 * out by itself which methods are fast, and those may block (docs/architecture.md, "Where a method runs").
 *
 * <p>On the interface it goes for all methods.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface NonBlocking {}
