package dev.moa.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.core.annotation.AliasFor;
import org.springframework.stereotype.Component;

/**
 * Publishes a bean as a service: its methods can be called by every Redis client, over moa frames and over
 * HTTP, on the port {@code moa.server.port}.
 *
 * <pre>{@code
 * @MoaService("/service/user")
 * class StoredUsers implements Users { … }
 * }</pre>
 *
 * <p>The application does not start if the name is not a service name, or if the methods of the interface
 * are overloaded.
 */
@Documented
@Component
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface MoaService {

    /** The service's name, for example {@code /service/feed/nearby}; placeholders are resolved. */
    @AliasFor("name")
    String value() default "";

    /** Same as {@link #value()}. */
    @AliasFor("value")
    String name() default "";

    /** The interface whose methods are published; by default the one interface that the bean implements. */
    Class<?> type() default void.class;
}
