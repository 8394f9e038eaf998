package dev.moa.registry.lease;

import dev.moa.registry.RegistryMetrics;
import dev.moa.registry.catalog.RedisCatalog;
import dev.moa.registry.catalog.RegistrationRules;
import dev.moa.registry.catalog.ServiceIndex;
import dev.moa.registry.probe.HoldProperties;
import dev.moa.registry.probe.OverdueProbes;
import dev.moa.registry.probe.Probe;
import dev.moa.registry.probe.ProbeThreads;
import dev.moa.registry.store.RedisStore;
import java.time.Duration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({LeaseProperties.class, GuardProperties.class})
class LeaseConfiguration {
    // a sweeper that slept longer than this between looking at Redis and ending a lease looks again first
    private static final Duration LOOK_AGE = Duration.ofSeconds(2);

    @Bean
    RegistrationRules registrationRules(LeaseProperties properties) {
        return new RegistrationRules(
                Math.toIntExact(properties.ttl().toSeconds()),
                Math.toIntExact(properties.minTtl().toSeconds()),
                Math.toIntExact(properties.maxTtl().toSeconds()));
    }

    @Bean
    LeaseSweeper leaseSweeper(
            RedisStore store,
            RedisCatalog catalog,
            ServiceIndex index,
            LeaseProperties properties,
            GuardProperties guard,
            ProbeThreads probers,
            Probe probe,
            HoldProperties hold,
            RegistryMetrics metrics) {
        LossGuard lossGuard = new LossGuard(catalog, index, guard);
        metrics.gauge("guard.held", "Instances whose lease is over and that the loss guard holds", lossGuard::held);
        OverdueProbes probes = new OverdueProbes(catalog, probe, probers, hold.timeout(), guard.holdTime(), metrics);
        return new LeaseSweeper(store, catalog, index, properties, LOOK_AGE, lossGuard, probes, metrics);
    }
}
