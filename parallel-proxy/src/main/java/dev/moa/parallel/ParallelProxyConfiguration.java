package dev.moa.parallel;

import dev.moa.parallel.batch.BatchProperties;
import dev.moa.parallel.batch.BatchReader;
import dev.moa.parallel.batch.BatchRunner;
import dev.moa.parallel.batch.BytesInProgress;
import dev.moa.parallel.forward.ForwardProperties;
import dev.moa.parallel.forward.Forwarder;
import dev.moa.parallel.wire.ProxyHandler;
import dev.moa.sdk.MoaClient;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the proxy together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({BatchProperties.class, ForwardProperties.class})
class ParallelProxyConfiguration {

    @Bean
    Forwarder forwarder(MoaClient client, ForwardProperties limits) {
        return new Forwarder(client::call, limits);
    }

    @Bean
    BatchReader batchReader(BatchProperties limits) {
        return new BatchReader(limits);
    }

    @Bean
    BytesInProgress bytesInProgress(BatchProperties limits) {
        return new BytesInProgress(limits);
    }

    @Bean
    BatchRunner batchRunner(Forwarder forwarder, BatchProperties limits, BytesInProgress bytes, MoaClient client) {
        return new BatchRunner(forwarder, limits, bytes, client::startTrace);
    }

    @Bean
    ProxyHandler proxyHandler(Forwarder forwarder) {
        return new ProxyHandler(forwarder);
    }

    @Bean
    ParallelProxyMetrics parallelProxyMetrics(MeterRegistry registry, Forwarder forwarder, BytesInProgress bytes) {
        return new ParallelProxyMetrics(registry, forwarder, bytes);
    }
}
