package dev.moa.monitor;

import dev.moa.monitor.aggregate.Aggregator;
import dev.moa.monitor.alert.AlertProperties;
import dev.moa.monitor.alert.Alerts;
import dev.moa.monitor.live.LiveProperties;
import dev.moa.monitor.live.LiveWindow;
import dev.moa.monitor.query.PrometheusText;
import dev.moa.monitor.query.StatsQuery;
import dev.moa.monitor.query.Totals;
import dev.moa.monitor.registered.RegistryCount;
import dev.moa.monitor.store.MinuteStore;
import dev.moa.monitor.store.StoreProperties;
import dev.moa.monitor.stream.ReportStream;
import dev.moa.monitor.stream.StreamProperties;
import dev.moa.monitor.stream.StreamReader;
import dev.moa.monitor.wire.ReportHandler;
import dev.moa.sdk.stats.StatisticsReport;
import dev.moa.sdk.stats.StatisticsReporter;
import dev.moa.spring.CallHandlerRegistration;
import dev.moa.spring.MoaProperties;
import dev.moa.spring.security.TokenBook;
import dev.moa.spring.ssl.MoaSsl;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.resource.Delay;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.ClientResourcesBuilderCustomizer;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientOptionsBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Puts the monitor together: report -> stream -> aggregator -> store and live window -> answers. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
    AlertProperties.class,
    LiveProperties.class,
    MetricsProperties.class,
    StoreProperties.class,
    StreamProperties.class
})
class MonitorConfiguration {

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    /** Reconnects within a second of Redis's return; the client's own default waits up to thirty. */
    @Bean
    ClientResourcesBuilderCustomizer quickReconnect() {
        return resources -> resources.reconnectDelay(
                Delay.exponential(Duration.ofMillis(50), Duration.ofSeconds(1), 2, TimeUnit.MILLISECONDS));
    }

    /** While there is no connection a command fails at once: the report stays with its process. */
    @Bean
    LettuceClientOptionsBuilderCustomizer failFast() {
        return options -> options.disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .timeoutOptions(TimeoutOptions.builder().timeoutCommands(false).build());
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    MinuteStore minuteStore(StoreProperties settings) {
        return new MinuteStore(settings);
    }

    @Bean
    LiveWindow liveWindow(LiveProperties settings) {
        return new LiveWindow(settings);
    }

    @Bean
    Totals totals(MetricsProperties settings) {
        return new Totals(settings.maxMethods());
    }

    @Bean(destroyMethod = "close")
    ReportStream reportStream(LettuceConnectionFactory factory, StreamProperties settings) {
        return new ReportStream(() -> client(factory), settings);
    }

    private static AbstractRedisClient client(LettuceConnectionFactory factory) {
        AbstractRedisClient client = factory.getNativeClient();
        if (client == null) {
            throw new IllegalStateException("the Redis connection factory is stopped");
        }
        return client;
    }

    @Bean
    MonitorMetrics monitorMetrics(MeterRegistry registry) {
        return new MonitorMetrics(registry);
    }

    @Bean
    Aggregator aggregator(
            MinuteStore store, LiveWindow live, Totals totals, StoreProperties settings, MonitorMetrics metrics) {
        return new Aggregator(store, live, settings.retention().toMillis(), new Aggregator.Listener() {
            @Override
            public void counted(StatisticsReport report) {
                totals.add(report);
            }

            @Override
            public void outcome(Aggregator.Outcome outcome, int reports) {
                metrics.outcome(outcome, reports);
            }
        });
    }

    @Bean
    Alerts alerts(AlertProperties settings, MinuteStore store, Clock clock) {
        return new Alerts(settings, store, clock);
    }

    @Bean(destroyMethod = "close")
    StreamReader streamReader(
            ReportStream stream,
            MinuteStore store,
            Aggregator aggregator,
            Alerts alerts,
            MonitorMetrics metrics,
            Clock clock) {
        metrics.bind(stream, store, alerts);
        return new StreamReader(stream, store.id(), new MonitorWork(aggregator, store, alerts, clock), clock);
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    RegistryCount registryCount(MoaProperties moa, TokenBook tokens, MoaSsl ssl, Clock clock) {
        return new RegistryCount(moa.registry().urls(), tokens.own(), ssl.https(), clock);
    }

    @Bean
    StatsQuery statsQuery(MinuteStore store, LiveWindow live, RegistryCount registry, Clock clock) {
        return new StatsQuery(store, live, registry, clock);
    }

    @Bean
    PrometheusText prometheusText(Totals totals, StatsQuery query) {
        return new PrometheusText(totals, query);
    }

    @Bean
    CallHandlerRegistration monitorService(ReportStream stream, MonitorMetrics metrics) {
        return new CallHandlerRegistration(
                StatisticsReporter.SERVICE, new ReportHandler(stream, metrics::taken), ReportHandler.Calls.class);
    }
}
