package dev.moa.async.work;

import dev.moa.async.AsyncMetrics;
import dev.moa.async.deliver.Delivery;
import dev.moa.async.log.Closing;
import dev.moa.async.log.KafkaLink;
import dev.moa.async.log.TaskLog;
import dev.moa.async.table.TableProperties;
import dev.moa.async.table.TaskTable;
import dev.moa.async.task.Task;
import dev.moa.async.task.TaskCodec;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The role {@code worker}: reads the topic of tasks as a member of the workers' group, hands what it reads to
 * the {@link Engine}, commits what the engine says is safe, and forgets what has been kept long enough.
 */
public final class Worker implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Worker.class);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final long FORGET_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long TRUNCATE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int FORGET_AT_ONCE = 5_000;

    private final KafkaLink link;
    private final TaskLog taskLog;
    private final TaskTable table;
    private final TableProperties keeping;
    private final WorkerProperties properties;
    private final Clock clock;
    private final TakeOver takeOver;
    private final Engine engine;
    private final Thread thread = new Thread(this::run, "async-worker-1");
    private final Map<Integer, Long> committed = new HashMap<>();
    private final Map<Integer, Long> truncated = new ConcurrentHashMap<>();
    private final Set<Integer> assigned = new HashSet<>();
    private final Closing closing = new Closing();
    private volatile long lastPollNanos = System.nanoTime();

    public Worker(
            KafkaLink link,
            TaskLog taskLog,
            TaskTable table,
            TableProperties keeping,
            Delivery delivery,
            WorkerProperties properties,
            Clock clock,
            AsyncMetrics metrics) {
        this.link = link;
        this.taskLog = taskLog;
        this.table = table;
        this.keeping = keeping;
        this.properties = properties;
        this.clock = clock;
        this.takeOver = new TakeOver(link, taskLog, table);
        this.engine = new Engine(new EngineThread(), taskLog, table, delivery, properties, clock, metrics, takeOver);
        thread.setDaemon(true);
        metrics.gauge("moa.async.worker.in.flight", "attempts under way", engine::inFlight);
        metrics.gauge("moa.async.worker.live", "tasks in the worker's memory", engine::live);
        metrics.gauge(
                "moa.async.worker.shut.targets",
                "targets whose circuit breaker is open",
                () -> engine.shutGates().size());
    }

    public synchronized void start() {
        if (!closing.isClosed() && thread.getState() == Thread.State.NEW) {
            engine.start();
            thread.start();
        }
    }

    /** Returns how many attempts are under way, by target. */
    public Map<String, Integer> inFlightByTarget() {
        return engine.inFlightByTarget();
    }

    /** Returns the targets that are left alone for a while because they did not answer. */
    public Set<String> shutTargets() {
        return engine.shutGates();
    }

    /** Returns the partitions that this worker owns. */
    public Set<Integer> partitions() {
        return engine.ownedPartitions().keySet();
    }

    /** Returns how long ago the reading thread last came round, for health. */
    public Duration sinceLastRound() {
        return Duration.ofNanos(System.nanoTime() - lastPollNanos);
    }

    private void run() {
        while (!closing.isClosed()) {
            try {
                lastPollNanos = System.nanoTime();
                if (link.partitions().getNow(null) == null) {
                    closing.pause(100);
                    continue;
                }
                work();
            } catch (InterruptedException | InterruptException e) {
                return;
            } catch (Exception e) {
                // the outermost loop: join the group anew; what was not safe comes again
                if (!closing.isClosed()) {
                    log.warn("the worker's consumer failed, joining again: {}", e.toString());
                    engine.lose(List.copyOf(assigned));
                    assigned.clear();
                    try {
                        closing.pause(500);
                    } catch (InterruptedException interrupted) {
                        return;
                    }
                }
            }
        }
    }

    private void work() {
        Map<String, Object> settings = Map.of(
                ConsumerConfig.GROUP_ID_CONFIG,
                link.properties().group(),
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                CooperativeStickyAssignor.class.getName(),
                ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                (int) link.properties().sessionTimeout().toMillis(),
                ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
                (int) link.properties().sessionTimeout().toMillis() / 4,
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                500,
                ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG,
                60_000);
        String topic = link.properties().tasksTopic();
        Consumer<String, byte[]> consumer = link.consumer("moa-async-worker", settings);
        try {
            consumer.subscribe(List.of(topic), new Rebalance(consumer));
            long commitAt = System.nanoTime();
            long forgetAt = System.nanoTime();
            long truncateAt = System.nanoTime() + TRUNCATE_NANOS;
            try {
                while (!closing.isClosed()) {
                    lastPollNanos = System.nanoTime();
                    steer(consumer, topic);
                    ConsumerRecords<String, byte[]> records;
                    try {
                        records = consumer.poll(POLL);
                    } catch (WakeupException e) {
                        continue;
                    }
                    handOver(records);
                    long now = System.nanoTime();
                    if (now - commitAt >= 0) {
                        commitAt = now + properties.commitInterval().toNanos();
                        commit(consumer, topic, false);
                    }
                    if (now - forgetAt >= 0) {
                        forgetAt = now + FORGET_NANOS;
                        forget();
                    }
                    if (now - truncateAt >= 0) {
                        truncateAt = now + TRUNCATE_NANOS;
                        truncate(topic);
                    }
                }
            } finally {
                if (closing.isClosed()) {
                    engine.stop(List.copyOf(assigned)).join();
                    commit(consumer, topic, true);
                }
            }
        } finally {
            consumer.close(CloseOptions.timeout(Duration.ofSeconds(3)));
        }
    }

    /** Pauses what the engine cannot take now, by count and by bytes, and resumes what it can. */
    private void steer(Consumer<String, byte[]> consumer, String topic) {
        Set<TopicPartition> paused = consumer.paused();
        List<TopicPartition> pause = new ArrayList<>();
        List<TopicPartition> resume = new ArrayList<>();
        for (Integer partition : assigned) {
            TopicPartition place = new TopicPartition(topic, partition);
            if (engine.isHungry(partition)) {
                if (paused.contains(place)) {
                    resume.add(place);
                }
            } else if (!paused.contains(place)) {
                pause.add(place);
            }
        }
        consumer.pause(pause);
        consumer.resume(resume);
    }

    private void handOver(ConsumerRecords<String, byte[]> records) {
        for (TopicPartition place : records.partitions()) {
            List<ReadTask> tasks = new ArrayList<>();
            for (ConsumerRecord<String, byte[]> record : records.records(place)) {
                tasks.add(new ReadTask(record.offset(), read(record)));
            }
            engine.ingest(place.partition(), tasks).join();
        }
    }

    private static @Nullable Task read(ConsumerRecord<String, byte[]> record) {
        try {
            return TaskCodec.read(record.value());
        } catch (RuntimeException e) {
            log.error(
                    "skipped a record that is no task, {}-{}@{}: {}",
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    e.toString());
            return null;
        }
    }

    private void commit(Consumer<String, byte[]> consumer, String topic, boolean sync) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (Integer partition : assigned) {
            Long offset = engine.committable(partition);
            Long before = committed.get(partition);
            if (offset != null && !offset.equals(before)) {
                offsets.put(new TopicPartition(topic, partition), new OffsetAndMetadata(offset));
            }
        }
        if (offsets.isEmpty()) {
            return;
        }
        if (sync) {
            commitSync(consumer, offsets);
        } else {
            consumer.commitAsync(offsets, (done, failure) -> {
                if (failure == null) {
                    done.forEach((place, offset) -> committed.put(place.partition(), offset.offset()));
                }
            });
        }
    }

    private void commitSync(Consumer<String, byte[]> consumer, Map<TopicPartition, OffsetAndMetadata> offsets) {
        try {
            consumer.commitSync(offsets, Duration.ofSeconds(2));
            offsets.forEach((place, offset) -> committed.put(place.partition(), offset.offset()));
        } catch (RuntimeException e) {
            // the next owner sees these once more and drops them as duplicates
            log.info("could not commit {} partitions: {}", offsets.size(), e.toString());
        }
    }

    /**
     * Writes tombstones for statuses that have been kept long enough. Only of tasks that the topic of tasks
     * does not hold any more: should the group's offsets ever be lost, none of them can come again.
     */
    private void forget() {
        long now = clock.millis();
        Map<Integer, Long> owned = engine.ownedPartitions();
        int partitions = Math.max(1, link.partitions().getNow(1));
        for (Integer partition : owned.keySet()) {
            Long safe = truncated.get(partition);
            if (safe == null) {
                continue;
            }
            table.takeForgettable(
                            partition,
                            keeping.keepFinished() / partitions,
                            now - keeping.keepFinishedFor().toMillis(),
                            safe,
                            FORGET_AT_ONCE)
                    .forEach(ended -> taskLog.append(partition, ended.id().toString(), null));
            table.forgettableDead(
                            partition,
                            keeping.keepDead(),
                            now - keeping.keepDeadFor().toMillis(),
                            FORGET_AT_ONCE)
                    .forEach(ended -> taskLog.append(partition, ended.id().toString(), null));
        }
    }

    /** Lets Kafka drop the tasks below what is committed: the topic has no retention by age or size. */
    private void truncate(String topic) {
        Admin admin = link.admin();
        if (admin == null) {
            return;
        }
        Map<TopicPartition, RecordsToDelete> below = new HashMap<>();
        for (Integer partition : assigned) {
            Long safe = committed.get(partition);
            if (safe != null && safe > 0) {
                below.put(new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(safe));
            }
        }
        if (!below.isEmpty()) {
            admin.deleteRecords(below)
                    .lowWatermarks()
                    .forEach((place, future) -> future.whenComplete((low, failure) -> {
                        if (failure == null) {
                            truncated.put(place.partition(), low.lowWatermark());
                        } else {
                            log.debug("could not truncate {}: {}", place, failure.toString());
                        }
                    }));
        }
    }

    private final class Rebalance implements ConsumerRebalanceListener {
        private final Consumer<String, byte[]> consumer;

        Rebalance(Consumer<String, byte[]> consumer) {
            this.consumer = consumer;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> places) {
            consumer.pause(places);
            for (TopicPartition place : places) {
                assigned.add(place.partition());
                engine.assign(place.partition(), consumer.position(place, Duration.ofSeconds(5)));
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> places) {
            List<Integer> numbers =
                    places.stream().map(TopicPartition::partition).toList();
            Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
            engine.stop(numbers).join();
            for (TopicPartition place : places) {
                Long offset = engine.committable(place.partition());
                if (offset != null) {
                    offsets.put(place, new OffsetAndMetadata(offset));
                }
            }
            if (!offsets.isEmpty()) {
                commitSync(consumer, offsets);
            }
            engine.lose(numbers);
            forgetPlaces(numbers);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> places) {
            List<Integer> numbers =
                    places.stream().map(TopicPartition::partition).toList();
            engine.lose(numbers);
            forgetPlaces(numbers);
        }

        private void forgetPlaces(List<Integer> numbers) {
            numbers.forEach(number -> {
                assigned.remove(number);
                committed.remove(number);
                truncated.remove(number);
            });
        }
    }

    @Override
    public void close() {
        closing.close();
        try {
            thread.join(8_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread.interrupt();
        engine.close();
        takeOver.close();
    }
}
