package dev.moa.sdk.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Callers of the method want no answer: a proxy returns once the call is on its way, and throws only if nothing was
 * sent. The instance tells nobody how it ended. Over RESP and HTTP the method is answered as any other.
 *
 * <p>For methods that return nothing ({@code void} or {@code CompletionStage<Void>}).
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Oneway {}
