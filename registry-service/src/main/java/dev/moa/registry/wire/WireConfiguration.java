package dev.moa.registry.wire;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.catalog.CatalogProperties;
import dev.moa.registry.catalog.RedisCatalog;
import dev.moa.registry.catalog.RegistrationRules;
import dev.moa.registry.probe.HoldProperties;
import dev.moa.registry.probe.Holds;
import dev.moa.registry.quota.WriteQuota;
import dev.moa.registry.watch.SubscriptionHub;
import dev.moa.spring.CallHandlerRegistration;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
class WireConfiguration {
    // each may wait for Redis for its timeout; what waits longer than that here is past its deadline
    private static final int WORKERS = 8;
    private static final int WAITING_CALLS = 2_000;

    @Bean
    CallHandlerRegistration registryService(
            RedisCatalog catalog,
            RegistrationRules rules,
            CatalogProperties limits,
            Holds holds,
            SubscriptionHub hub,
            HoldProperties hold,
            WriteQuota quota,
            JsonMapper json) {
        return new CallHandlerRegistration(
                ServiceName.of("/service/registry"),
                new RegistryCalls(
                        catalog,
                        rules,
                        limits,
                        holds,
                        hub,
                        hold,
                        workers(),
                        quota,
                        json,
                        new GatheredWrites(catalog, rules, limits, json, writers())),
                RegistryMethods.class);
    }

    @Bean
    WatchCommands watchCommands(SubscriptionHub hub) {
        return new WatchCommands(hub);
    }

    // not a bean: an Executor bean would take the place of Spring's own
    private static ThreadPoolExecutor workers() {
        CustomizableThreadFactory threads = new CustomizableThreadFactory("registry-call-");
        threads.setDaemon(true);
        ThreadPoolExecutor workers = new ThreadPoolExecutor(
                WORKERS, WORKERS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(WAITING_CALLS), threads);
        workers.allowCoreThreadTimeOut(true);
        return workers;
    }

    // as many as there are groups under way
    private static Executor writers() {
        CustomizableThreadFactory threads = new CustomizableThreadFactory("registry-writer-");
        threads.setDaemon(true);
        return Executors.newCachedThreadPool(threads);
    }
}
