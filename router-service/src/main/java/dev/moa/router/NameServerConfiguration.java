package dev.moa.router;

import dev.moa.router.chain.Catalog;
import dev.moa.router.chain.Lookup;
import dev.moa.router.nameserver.NameServer;
import dev.moa.router.nameserver.NameServerProperties;
import dev.moa.spring.security.BindGuard;
import dev.moa.spring.security.InsecureSettingException;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.concurrent.atomic.LongAdder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the DNS face in front of the chain. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(NameServerProperties.class)
class NameServerConfiguration {

    @Bean
    NameServer nameServer(
            Lookup lookup, Catalog catalog, NameServerProperties settings, MeterRegistry metrics, Clock clock) {
        if (settings.enabled() && settings.networks().isEmpty() && !BindGuard.isLoopback(settings.host())) {
            throw new InsecureSettingException(
                    "moa.router.name-server.host: %s is reachable by others, and DNS knows no credentials"
                            .formatted(settings.host()),
                    "127.0.0.1, or who may ask by moa.router.name-server.networks, for example 10.0.0.0/8");
        }
        NameServer server = new NameServer(lookup, catalog, settings, clock);
        server.counters()
                .forEach((outcome, count) -> FunctionCounter.builder(
                                "moa.router.name-server.answers", count, LongAdder::doubleValue)
                        .description("DNS answers by how they ended")
                        .tag("outcome", outcome)
                        .register(metrics));
        return server;
    }

    /** Opens the sockets when the sources are ready (1,000) and closes them before these. */
    @Bean
    SmartLifecycle nameServerLifecycle(NameServer server) {
        return new SmartLifecycle() {
            private volatile boolean running;

            @Override
            public void start() {
                server.start();
                running = true;
            }

            @Override
            public void stop() {
                running = false;
                server.close();
            }

            @Override
            public boolean isRunning() {
                return running;
            }

            @Override
            public int getPhase() {
                return 2_000;
            }
        };
    }
}
