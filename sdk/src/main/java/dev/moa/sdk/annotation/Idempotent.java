package dev.moa.sdk.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Calling the method twice does what calling it once does. Without it a call is tried again only where nothing
 * was sent; with it also where an instance broke or refused, within the retry budget.
 *
 * <p>On the interface it goes for all methods.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Idempotent {}
