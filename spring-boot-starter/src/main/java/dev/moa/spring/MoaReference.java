package dev.moa.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * Injects a typed proxy of a service, as a constructor parameter, a {@code @Bean} method's parameter or a
 * field:
 *
 * <pre>{@code
 * NearbyFeed(@MoaReference("/service/user") Users users) { … }
 * }</pre>
 *
 * <p>A call that fails throws {@link dev.moa.protocol.MoaException}. The proxy does no I/O until it is called,
 * so the application starts whether or not the service is there.
 */
@Documented
@Autowired
@Target({ElementType.FIELD, ElementType.PARAMETER})
@Retention(RetentionPolicy.RUNTIME)
public @interface MoaReference {

    /** The service's name; placeholders are resolved. */
    String value();
}
