package dev.moa.registry.probe;

import dev.moa.registry.RegistryMetrics;
import dev.moa.registry.catalog.RedisCatalog;
import dev.moa.registry.replica.Replicas;
import dev.moa.registry.store.RedisStore;
import dev.moa.spring.ssl.MoaSsl;
import java.time.Clock;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({HoldProperties.class, ProberProperties.class})
class ProbeConfiguration {
    @Bean
    Probe probe() {
        return new TcpProbe();
    }

    @Bean
    ProbeThreads probeThreads() {
        return new ProbeThreads();
    }

    @Bean
    Holds holds(
            RedisCatalog catalog,
            Probe probe,
            ProbeThreads probers,
            HoldProperties properties,
            RegistryMetrics metrics) {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, daemons("registry-hold-"));
        timer.setRemoveOnCancelPolicy(true);
        Holds holds = new Holds(catalog, probe, properties, metrics, timer, probers);
        metrics.gauge("holds", "Leases whose process holds a connection to this registry", holds::size);
        return holds;
    }

    @Bean
    Prober prober(
            RedisCatalog catalog,
            RedisStore store,
            Holds holds,
            Replicas replicas,
            Probe probe,
            ProbeThreads probers,
            ProberProperties properties,
            MoaSsl ssl,
            RegistryMetrics metrics) {
        Prober prober = new Prober(
                catalog,
                store,
                holds,
                replicas,
                new KindProbes(probe, ssl.client()),
                probers,
                properties,
                metrics,
                Clock.systemUTC());
        metrics.gauge("prober.instances", "Instances that this registry probes", prober::size);
        return prober;
    }

    private static CustomizableThreadFactory daemons(String prefix) {
        CustomizableThreadFactory threads = new CustomizableThreadFactory(prefix);
        threads.setDaemon(true);
        return threads;
    }
}
