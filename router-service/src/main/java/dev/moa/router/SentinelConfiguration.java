package dev.moa.router;

import dev.moa.router.chain.Catalog;
import dev.moa.router.chain.Lookup;
import dev.moa.router.operator.SharedHash;
import dev.moa.router.sentinel.FailoverNews;
import dev.moa.router.sentinel.SentinelCommands;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the Sentinel face on the moa port; the starter gives the port every RESP extension that is a bean. */
@Configuration(proxyBeanMethods = false)
class SentinelConfiguration {

    @Bean
    FailoverNews failoverNews(Lookup lookup, Catalog catalog, List<SharedHash> operatorWords, MeterRegistry metrics) {
        FailoverNews news = new FailoverNews(lookup);
        lookup.onChange(news::changed);
        // what sources know already: their next change is compared with it
        catalog.services().forEach(news::changed);
        operatorWords.forEach(words -> words.onChange(news::allChanged));
        Gauge.builder("moa.router.sentinel.subscribers", news, FailoverNews::waiting)
                .description("connections that wait for +switch-master")
                .register(metrics);
        return news;
    }

    @Bean
    SentinelCommands sentinelCommands(Lookup lookup, Catalog catalog, FailoverNews news) {
        return new SentinelCommands(lookup, catalog, news);
    }
}
