package dev.moa.spring.observe;

import dev.moa.sdk.stats.Statistics;
import dev.moa.spring.BeanDecorator;
import dev.moa.spring.MoaAutoConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Observations and meters of calls, where the application has Micrometer. */
@AutoConfiguration(
        after = MoaAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
            "org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration",
            "org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration"
        })
public class MoaObservationAutoConfiguration {

    /** Where it is asked for, or where the application traces and nothing is said. */
    static final class Observed extends AnyNestedCondition {
        Observed() {
            super(ConfigurationPhase.REGISTER_BEAN);
        }

        @ConditionalOnProperty(name = "moa.observations.enabled", havingValue = "always")
        static class Asked {}

        @ConditionalOnBean(type = "io.micrometer.tracing.Tracer")
        @ConditionalOnProperty(name = "moa.observations.enabled", havingValue = "auto", matchIfMissing = true)
        static class Traced {}
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ObservationRegistry.class)
    @ConditionalOnBean(ObservationRegistry.class)
    @Conditional(Observed.class)
    @EnableConfigurationProperties(MoaObservationProperties.class)
    static class ObservationConfiguration {

        @Bean
        @Order(Ordered.HIGHEST_PRECEDENCE)
        ClientObservations moaClientObservations(
                ObservationRegistry registry, MoaObservationProperties settings, ObjectProvider<RemoteParent> parents) {
            return new ClientObservations(
                    registry, new MethodNames(settings.maxMethods()), parents.getIfAvailable(() -> RemoteParent.NONE));
        }

        @Bean
        @Order(Ordered.HIGHEST_PRECEDENCE)
        ServerObservations moaServerObservations(ObservationRegistry registry, MoaObservationProperties settings) {
            return new ServerObservations(registry, new MethodNames(settings.maxMethods()));
        }

        @Bean
        BeanDecorator moaObservationScopes() {
            return new ObservationScopes();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(Tracer.class)
    @ConditionalOnBean(Tracer.class)
    static class TracingConfiguration {

        @Bean
        RemoteParent moaTracedParent(Tracer tracer) {
            return new TracedParent(tracer);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterRegistry.class)
    @ConditionalOnProperty(name = "moa.meters.enabled", matchIfMissing = true)
    @EnableConfigurationProperties(MoaMeterProperties.class)
    static class MeterConfiguration {

        @Bean
        @ConditionalOnMissingBean(name = "moaMethodMeters")
        MeterBinder moaMethodMeters(Statistics statistics, MoaMeterProperties settings) {
            return new MethodMeters(statistics, settings.maxMethods());
        }
    }
}
