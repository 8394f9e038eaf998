package dev.moa.sdk.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** How a method of a service interface is called. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface MoaMethod {

    /** The name on the wire; empty means the Java name. Two overloads need two names. */
    String name() default "";

    /** The timeout of a call, in milliseconds; 0 means the client's (1,000). */
    long timeoutMs() default 0;
}
