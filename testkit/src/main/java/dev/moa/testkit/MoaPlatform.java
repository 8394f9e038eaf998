package dev.moa.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Starts the platform for the tests of a class: Redis, Kafka and the apps as real processes on free ports. Tests take
 * a parameter of type {@link RunningMoa}.
 *
 * <p>Classes that ask for the same parts share one platform, which is stopped at the end of the run: such tests keep
 * apart by service names of their own. A class that kills or stops parts sets {@link #isShared} to false.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(MoaExtension.class)
public @interface MoaPlatform {
    /** The apps to start, such as {@code registry} and {@code router}; none: all of the platform. */
    String[] apps() default {};

    /** Whether only Redis (and Kafka) are started and no app at all. */
    boolean isStoresOnly() default false;

    /** Whether a Kafka is started: it costs 130 MB and 3 s. */
    boolean hasKafka() default true;

    /** Whether the example services and the load on them are started. */
    boolean hasDemo() default false;

    /** Whether classes that ask for the same share one platform. */
    boolean isShared() default true;

    /** How long the start may take before the tests fail. */
    int startLimitSeconds() default 120;
}
