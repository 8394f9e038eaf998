package dev.moa.async;

import dev.moa.async.accept.Broker;
import dev.moa.async.accept.SubmissionProperties;
import dev.moa.async.accept.SubmissionReader;
import dev.moa.async.deliver.AddressGuard;
import dev.moa.async.deliver.Deliveries;
import dev.moa.async.deliver.HttpDelivery;
import dev.moa.async.deliver.HttpDeliveryProperties;
import dev.moa.async.deliver.ServiceDelivery;
import dev.moa.async.log.AsyncKafkaProperties;
import dev.moa.async.log.KafkaLink;
import dev.moa.async.log.TaskLog;
import dev.moa.async.log.TaskReader;
import dev.moa.async.table.TableFeed;
import dev.moa.async.table.TableProperties;
import dev.moa.async.table.TaskTable;
import dev.moa.async.wire.TaskHandler;
import dev.moa.async.work.Worker;
import dev.moa.async.work.WorkerProperties;
import dev.moa.sdk.MoaClient;
import dev.moa.spring.MoaServerProperties;
import dev.moa.spring.security.BindGuard;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Puts the parts together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
    AsyncProperties.class,
    AsyncKafkaProperties.class,
    TableProperties.class,
    SubmissionProperties.class,
    HttpDeliveryProperties.class,
    WorkerProperties.class
})
class AsyncConfiguration {

    @Bean
    AsyncMetrics asyncMetrics(MeterRegistry registry) {
        return new AsyncMetrics(registry);
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    KafkaLink kafkaLink(KafkaProperties kafka, AsyncKafkaProperties properties) {
        Map<String, Object> common = new HashMap<>(kafka.buildAdminProperties());
        common.keySet().removeIf(key -> key.equals(CommonClientConfigs.CLIENT_ID_CONFIG));
        return new KafkaLink(common, properties);
    }

    @Bean(destroyMethod = "close")
    TaskLog taskLog(KafkaLink link) {
        return new TaskLog(link);
    }

    @Bean
    TaskTable taskTable(TableProperties properties, AsyncMetrics metrics) {
        TaskTable table = new TaskTable(properties);
        metrics.gauge(
                "moa.async.tasks.waiting",
                "tasks that have not ended, as far as they are known one by one",
                table::waitingCount);
        metrics.gauge("moa.async.tasks.kept", "tasks that ended and are still known", table::finishedCount);
        metrics.gauge("moa.async.tasks.dead", "dead letters", table::deadCount);
        return table;
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    TableFeed tableFeed(KafkaLink link, TaskTable table) {
        return new TableFeed(link, table);
    }

    @Bean(destroyMethod = "close")
    TaskReader taskReader(KafkaLink link) {
        return new TaskReader(link, "moa-async-reader");
    }

    @Bean
    AddressGuard addressGuard(HttpDeliveryProperties properties, MoaServerProperties server, Environment environment) {
        // whoever can reach this process is on this machine already: then loopback gives away nothing
        boolean bound =
                BindGuard.isLoopback(server.host()) && BindGuard.isLoopback(environment.getProperty("server.address"));
        return new AddressGuard(properties.allow(), bound);
    }

    @Bean
    SubmissionReader submissionReader(SubmissionProperties properties, AddressGuard guard, Clock clock) {
        return new SubmissionReader(properties, guard, clock);
    }

    @Bean
    Broker broker(
            KafkaLink link,
            TaskLog taskLog,
            TaskTable table,
            TableFeed feed,
            TaskReader reader,
            Clock clock,
            AsyncMetrics metrics) {
        return new Broker(link, taskLog, table, feed, reader, clock, metrics);
    }

    @Bean
    HealthIndicator kafkaHealthIndicator(KafkaLink link) {
        return () -> {
            String problem = link.problem();
            return problem == null
                    ? Health.up()
                            .withDetail("promise", String.valueOf(link.promise()))
                            .build()
                    : Health.down().withDetail("reason", problem).build();
        };
    }

    /** The role broker, on the moa port. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnRole(AsyncProperties.Role.BROKER)
    static class BrokerRole {

        @Bean
        TaskHandler taskHandler(SubmissionReader submissions, Broker broker) {
            return new TaskHandler(submissions, broker);
        }
    }

    /** The role worker. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnRole(AsyncProperties.Role.WORKER)
    static class WorkerRole {

        @Bean(destroyMethod = "close")
        HttpDelivery httpDelivery(AddressGuard guard, HttpDeliveryProperties properties, Clock clock) {
            return new HttpDelivery(guard, properties, clock);
        }

        @Bean(initMethod = "start", destroyMethod = "close")
        Worker worker(
                KafkaLink link,
                TaskLog taskLog,
                TaskTable table,
                TableProperties keeping,
                MoaClient client,
                HttpDelivery endpoints,
                WorkerProperties properties,
                Clock clock,
                AsyncMetrics metrics) {
            return new Worker(
                    link,
                    taskLog,
                    table,
                    keeping,
                    new Deliveries(new ServiceDelivery(client::call), endpoints),
                    properties,
                    clock,
                    metrics);
        }

        @Bean
        HealthIndicator workerHealthIndicator(Worker worker) {
            return () -> {
                long seconds = worker.sinceLastRound().toSeconds();
                Health.Builder health = seconds < 30
                        ? Health.up()
                        : Health.down()
                                .withDetail("reason", "the reading thread has not come round for " + seconds + " s");
                return health.withDetail("partitions", worker.partitions()).build();
            };
        }
    }
}
