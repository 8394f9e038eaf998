package dev.moa.async;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.async.task.StateRecord;
import dev.moa.async.task.TaskState;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

/** Kafka and workers are killed with -9 under load; a ledger outside of them says what must be true after it. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class FaultsIT {
    private static final int PARTITIONS = 2;

    @TempDir
    Path directory;

    @Test
    void nothingAcknowledgedIsLostThoughEverythingIsKilled() throws Exception {
        KafkaProcess kafka = new KafkaProcess(directory);
        try (TargetServer target = new TargetServer();
                ServletWebServerApplicationContext app = broker(kafka)) {
            BrokerClient client = new BrokerClient(app.getWebServer().getPort());
            refusesWhileKafkaIsAway(client, target);

            kafka.start();
            Awaitility.await()
                    .atMost(60, TimeUnit.SECONDS)
                    .until(() -> client.get("/actuator/health").text("status").equals("UP"));
            Process first = worker(kafka, 1);
            Process second = worker(kafka, 2);
            Ledger ledger = new Ledger(client, target);
            ledger.begin();
            awaitDelivered(target, 20);
            awaitPartitions(second, 2, 1);

            first.destroyForcibly().waitFor();
            Process third = worker(kafka, 3);
            awaitPartitions(second, 2, 2);
            awaitDelivered(target, 20);

            kafka.kill();
            // while it is down: answered, refused, healthy enough to be asked
            BrokerClient.Reply refused = client.post("/v1/tasks", submission(target, "/while-down", "x", null));
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.text("todo")).contains("retry");
            kafka.start();
            awaitDelivered(target, 20);

            second.destroyForcibly().waitFor();
            try {
                awaitDelivered(target, 20);
                ledger.end();
                ledger.check();
                checkLog(kafka, ledger);
            } finally {
                third.destroyForcibly().waitFor();
            }
        } finally {
            kafka.close();
        }
    }

    private static void refusesWhileKafkaIsAway(BrokerClient client, TargetServer target) {
        BrokerClient.Reply refused = client.post("/v1/tasks", submission(target, "/before", "x", null));

        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.text("title")).isEqualTo("UNAVAILABLE");
        // the first look at Kafka may still be on its way
        Awaitility.await().atMost(30, TimeUnit.SECONDS).untilAsserted(() -> {
            BrokerClient.Reply health = client.get("/actuator/health");
            assertThat(health.text("status")).isEqualTo("DOWN");
            assertThat(health.body().toString()).contains("does not answer");
        });
        assertThat(client.get("/actuator/health/liveness").text("status")).isEqualTo("UP");
    }

    /** Waits until a worker's log says that it took over so many partitions. */
    private void awaitPartitions(Process worker, int number, int count) {
        Awaitility.await("worker " + number + " to take over " + count)
                .atMost(80, TimeUnit.SECONDS)
                .until(() -> {
                    assertThat(worker.isAlive()).isTrue();
                    String out = Files.readString(directory.resolve("worker-" + number + ".out"));
                    return out.split("took over partition", -1).length > count;
                });
    }

    private static void awaitDelivered(TargetServer target, int more) {
        int before = target.count();
        Awaitility.await("deliveries to go on")
                .atMost(80, TimeUnit.SECONDS)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> target.count() >= before + more);
    }

    /** What was submitted, as its sender knows it, and what the target saw. */
    private static final class Ledger {
        private static final int KEYS = 8;

        private final BrokerClient client;
        private final TargetServer target;
        private final Map<String, String> acknowledged = new ConcurrentHashMap<>();
        private final AtomicBoolean open = new AtomicBoolean(true);
        private final ExecutorService senders = Executors.newFixedThreadPool(KEYS);

        Ledger(BrokerClient client, TargetServer target) {
            this.client = client;
            this.target = target;
            target.answer("/ledger", got -> {
                int number = Integer.parseInt(got.body().substring(got.body().indexOf('-') + 1));
                if (number % 50 == 49) {
                    return TargetServer.Answer.of(400);
                }
                boolean failsFirst = number % 10 == 3 && got.attempt() == 1;
                return failsFirst ? TargetServer.Answer.of(500) : TargetServer.Answer.ok();
            });
        }

        /** One sender per key, one after the other, so that the order within the key is known. */
        void begin() {
            for (int key = 0; key < KEYS; key++) {
                String name = "k" + key;
                boolean ordered = key < KEYS - 2;
                AtomicInteger number = new AtomicInteger();
                senders.execute(() -> {
                    while (open.get()) {
                        String body = name + "-" + number.get();
                        String dedupe = ",\"dedupeKey\":\"" + body + "\"";
                        BrokerClient.Reply reply = client.post(
                                "/v1/tasks",
                                submission(
                                        target,
                                        "/ledger",
                                        body,
                                        (ordered ? "\"key\":\"" + name + "\"," : "") + "\"delayMs\":"
                                                + (ordered || number.get() % 3 > 0 ? 0 : 700) + dedupe));
                        if (reply.status() == 202) {
                            acknowledged.put(reply.text("taskId"), body);
                            number.incrementAndGet();
                        }
                        // anything else: unknown, so the same again with its dedupe key
                        pause();
                    }
                });
            }
        }

        private static void pause() {
            java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }

        void end() throws InterruptedException {
            open.set(false);
            senders.shutdown();
            assertThat(senders.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        }

        void check() {
            assertThat(acknowledged).hasSizeGreaterThan(100);
            Map<String, String> states = new HashMap<>();
            Set<String> open = new HashSet<>(acknowledged.keySet());
            Awaitility.await("every acknowledged task to end")
                    .atMost(80, TimeUnit.SECONDS)
                    .pollInterval(Duration.ofMillis(200))
                    .untilAsserted(() -> {
                        open.removeIf(id -> {
                            String state = client.state(id);
                            if (state.equals("SUCCEEDED") || state.equals("DEAD")) {
                                states.put(id, state);
                                return true;
                            }
                            return false;
                        });
                        assertThat(open).isEmpty();
                    });
            acknowledged.forEach((id, body) -> {
                boolean refused = Integer.parseInt(body.substring(body.indexOf('-') + 1)) % 50 == 49;
                assertThat(states.get(id)).as(body).isEqualTo(refused ? "DEAD" : "SUCCEEDED");
            });
            for (int key = 0; key < KEYS - 2; key++) {
                checkOrder("k" + key + "-");
            }
        }

        /** An attempt may be repeated after a crash, but none comes before the one before it has ended. */
        private void checkOrder(String prefix) {
            List<Integer> order = target.got("/ledger").stream()
                    .filter(got -> got.body().startsWith(prefix))
                    .map(got -> Integer.parseInt(got.body().substring(prefix.length())))
                    .toList();
            List<Integer> sorted = new ArrayList<>(order);
            Collections.sort(sorted);
            assertThat(order).as("order of key " + prefix).isEqualTo(sorted);
            assertThat(order.get(0)).isZero();
        }
    }

    /** The log itself: for every acknowledged task one terminal state, counting only what the epochs let stand. */
    private static void checkLog(KafkaProcess kafka, Ledger ledger) {
        Map<String, Set<TaskState>> ends = new HashMap<>();
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.address()), new StringDeserializer(), new ByteArrayDeserializer())) {
            for (int p = 0; p < PARTITIONS; p++) {
                TopicPartition place = new TopicPartition("moa-task-states", p);
                consumer.assign(List.of(place));
                consumer.seekToBeginning(List.of(place));
                long end = consumer.endOffsets(List.of(place)).get(place);
                long epoch = 0;
                while (consumer.position(place) < end) {
                    for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                        if (record.key().equals("owner")) {
                            epoch = Math.max(epoch, Long.parseLong(new String(record.value()).split(" ")[0]));
                        } else if (record.value() != null && !record.key().startsWith("cancel:")) {
                            StateRecord state = StateRecord.readWithoutTask(record.value());
                            if (state.epoch() >= epoch && state.status().state().isTerminal()) {
                                ends.computeIfAbsent(record.key(), k -> new HashSet<>())
                                        .add(state.status().state());
                            }
                        }
                    }
                }
            }
        }
        ledger.acknowledged
                .keySet()
                .forEach(id -> assertThat(ends.get(id)).as(id).hasSize(1));
    }

    private static String submission(TargetServer target, String path, String body, String task) {
        return "{\"url\":\"%s\",\"body\":\"%s\",\"task\":{%s}}"
                .formatted(
                        target.url(path),
                        body,
                        task == null
                                ? ""
                                : task + ",\"retry\":{\"backoffMs\":50,\"maxBackoffMs\":200,\"maxAttempts\":50}");
    }

    private static ServletWebServerApplicationContext broker(KafkaProcess kafka) {
        return (ServletWebServerApplicationContext) new SpringApplicationBuilder(AsyncBrokerApplication.class)
                .run(
                        "--server.port=0",
                        "--moa.server.port=0",
                        "--moa.async.roles=broker",
                        "--spring.kafka.bootstrap-servers=" + kafka.address(),
                        "--moa.async.kafka.partitions=" + PARTITIONS,
                        "--moa.registry.urls=");
    }

    private Process worker(KafkaProcess kafka, int number) throws IOException {
        File out = directory.resolve("worker-" + number + ".out").toFile();
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx160m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WorkerProcess.class.getName(),
                        kafka.address(),
                        Integer.toString(PARTITIONS))
                .redirectErrorStream(true)
                .redirectOutput(out)
                .start();
    }
}
