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

    /**
     * Calls of the method that an instance takes at once, running and waiting, so that a slow method leaves places to the
     * others of its service; 0 means no limit of its own. Beyond it callers go to another instance.
     */
    int maxInFlight() default 0;
}
