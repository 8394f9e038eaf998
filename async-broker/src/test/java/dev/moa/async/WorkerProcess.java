package dev.moa.async;

import dev.moa.async.deliver.AddressGuard;
import dev.moa.async.deliver.Deliveries;
import dev.moa.async.deliver.HttpDelivery;
import dev.moa.async.deliver.HttpDeliveryProperties;
import dev.moa.async.log.AsyncKafkaProperties;
import dev.moa.async.log.KafkaLink;
import dev.moa.async.log.TaskLog;
import dev.moa.async.table.TableFeed;
import dev.moa.async.table.TableProperties;
import dev.moa.async.table.TaskTable;
import dev.moa.async.work.Worker;
import dev.moa.async.work.WorkerProperties;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** The role worker without the application around it, so that a test can start and kill many: {@code WorkerProcess <Kafka> <partitions>}. */
final class WorkerProcess {
    private WorkerProcess() {}

    public static void main(String[] arguments) throws Exception {
        Binder settings = new Binder(new MapConfigurationPropertySource(
                Map.of("moa.async.kafka.partitions", arguments[1], "moa.async.kafka.session-timeout", "2s")));
        AsyncMetrics metrics = new AsyncMetrics(new SimpleMeterRegistry());
        TableProperties keeping = settings.bindOrCreate("moa.async.status", TableProperties.class);
        KafkaLink link = new KafkaLink(
                Map.of("bootstrap.servers", arguments[0]),
                settings.bindOrCreate("moa.async.kafka", AsyncKafkaProperties.class));
        TaskLog log = new TaskLog(link);
        TaskTable table = new TaskTable(keeping);
        TableFeed feed = new TableFeed(link, table);
        HttpDelivery http = new HttpDelivery(
                new AddressGuard(List.of(), true),
                settings.bindOrCreate("moa.async.http", HttpDeliveryProperties.class),
                Clock.systemUTC());
        Worker worker = new Worker(
                link,
                log,
                table,
                keeping,
                new Deliveries(http, http),
                settings.bindOrCreate("moa.async.worker", WorkerProperties.class),
                Clock.systemUTC(),
                metrics);
        link.start();
        feed.start();
        worker.start();
        new CountDownLatch(1).await();
    }
}
