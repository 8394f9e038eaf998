package dev.moa.router;

import dev.moa.router.chain.Lookup;
import dev.moa.router.haproxy.HaproxyDriver;
import dev.moa.router.haproxy.HaproxyProperties;
import dev.moa.router.live.LiveView;
import dev.moa.router.operator.SharedHash;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Lets HAProxies hear of changes; without sockets in the settings it does nothing. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(HaproxyProperties.class)
class HaproxyConfiguration {

    @Bean
    HaproxyDriver haproxyDriver(
            Lookup lookup,
            LiveView live,
            List<SharedHash> operatorWords,
            HaproxyProperties settings,
            MeterRegistry metrics,
            Clock clock) {
        HaproxyDriver driver = new HaproxyDriver(lookup, settings, clock);
        lookup.onChange(driver::changed);
        operatorWords.forEach(words -> words.onChange(driver::allChanged));
        live.onCompared(driver::start);
        Gauge.builder(
                        "moa.router.haproxy.problems",
                        driver,
                        haproxies -> haproxies.problems().size())
                .description("backends that could not be brought up to date")
                .register(metrics);
        return driver;
    }
}
