package dev.moa.registry.probe;

import dev.moa.registry.RegistryMetrics;
import dev.moa.registry.catalog.RedisCatalog;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(HoldProperties.class)
class ProbeConfiguration {
    // silent hosts hold a thread for the probe's timeout each
    private static final int PROBERS = 16;
    private static final int WAITING_PROBES = 10_000;

    @Bean
    Holds holds(RedisCatalog catalog, HoldProperties properties, RegistryMetrics metrics) {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, daemons("registry-hold-"));
        timer.setRemoveOnCancelPolicy(true);
        ThreadPoolExecutor probers = new ThreadPoolExecutor(
                PROBERS,
                PROBERS,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(WAITING_PROBES),
                daemons("registry-probe-"),
                new ThreadPoolExecutor.DiscardPolicy());
        probers.allowCoreThreadTimeOut(true);
        Holds holds = new Holds(catalog, new TcpProbe(), properties, metrics, timer, probers);
        metrics.gauge("holds", "Leases whose process holds a connection to this registry", holds::size);
        return holds;
    }

    private static CustomizableThreadFactory daemons(String prefix) {
        CustomizableThreadFactory threads = new CustomizableThreadFactory(prefix);
        threads.setDaemon(true);
        return threads;
    }
}
