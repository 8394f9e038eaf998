package dev.moa.async.table;

import dev.moa.async.log.Closing;
import dev.moa.async.log.KafkaLink;
import dev.moa.async.task.TaskCodec;
import dev.moa.async.task.TaskId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds the table: reads the topic of states from its beginning and the topic of tasks from where the workers
 * have committed, and goes on reading both. One thread; if Kafka fails it starts over where it was.
 */
public final class TableFeed implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TableFeed.class);
    private static final Duration POLL = Duration.ofMillis(250);
    private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final KafkaLink link;
    private final TaskTable table;
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private final Thread thread = new Thread(this::run, "async-table-1");
    private volatile boolean caughtUp;
    private volatile long tasksBehind;
    private final Closing closing = new Closing();

    public TableFeed(KafkaLink link, TaskTable table) {
        this.link = link;
        this.table = table;
        thread.setDaemon(true);
    }

    public synchronized void start() {
        if (!closing.isClosed() && thread.getState() == Thread.State.NEW) {
            thread.start();
        }
    }

    /** Returns whether the table knows all that Kafka knew when it was started. */
    public boolean isCaughtUp() {
        return caughtUp;
    }

    /** Returns how many tasks of the topic of tasks have not been noted, as there is no room or they are just arriving. */
    public long tasksBehind() {
        return tasksBehind;
    }

    private void run() {
        while (!closing.isClosed()) {
            try {
                Integer partitions = link.partitions().getNow(null);
                if (partitions == null) {
                    closing.pause(100);
                    continue;
                }
                feed(partitions);
            } catch (InterruptedException | org.apache.kafka.common.errors.InterruptException e) {
                return;
            } catch (Exception e) {
                // the outermost loop: start over where it was
                if (!closing.isClosed()) {
                    log.warn("reading the topics failed, trying again: {}", e.toString());
                    try {
                        closing.pause(500);
                    } catch (InterruptedException interrupted) {
                        return;
                    }
                }
            }
        }
    }

    private void feed(int partitions) throws Exception {
        try (Consumer<String, byte[]> consumer =
                link.consumer("moa-async-table", Map.of(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2_000))) {
            List<TopicPartition> states = partitions(link.properties().statesTopic(), partitions);
            List<TopicPartition> tasks = partitions(link.properties().tasksTopic(), partitions);
            List<TopicPartition> all = new ArrayList<>(states);
            all.addAll(tasks);
            consumer.assign(all);
            Map<TopicPartition, Long> committed = committed(tasks);
            for (TopicPartition place : all) {
                Long known = positions.get(place);
                if (known == null) {
                    known = committed.get(place);
                }
                if (known == null) {
                    consumer.seekToBeginning(List.of(place));
                } else {
                    consumer.seek(place, known);
                }
            }
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            long swept = System.nanoTime();
            while (!closing.isClosed()) {
                ConsumerRecords<String, byte[]> records = consumer.poll(POLL);
                for (TopicPartition place : states) {
                    for (ConsumerRecord<String, byte[]> record : records.records(place)) {
                        applyState(record);
                    }
                    noteStates(consumer, place);
                }
                boolean room = true;
                for (TopicPartition place : tasks) {
                    room &= applyTasks(consumer, place, records.records(place));
                }
                Set<TopicPartition> paused = consumer.paused();
                if (!room) {
                    consumer.pause(tasks);
                } else if (!paused.isEmpty() && table.hasRoom()) {
                    consumer.resume(paused);
                }
                if (!caughtUp) {
                    caughtUp = states.stream().allMatch(p -> positions.getOrDefault(p, 0L) >= ends.getOrDefault(p, 0L))
                            && (!table.hasRoom()
                                    || tasks.stream()
                                            .allMatch(p -> positions.getOrDefault(p, 0L) >= ends.getOrDefault(p, 0L)));
                }
                tasksBehind = behind(consumer, tasks);
                if (System.nanoTime() - swept > SWEEP_NANOS) {
                    swept = System.nanoTime();
                    committed(tasks).forEach((place, offset) -> table.dropStaleHearsay(place.partition(), offset));
                }
            }
        }
    }

    private void applyState(ConsumerRecord<String, byte[]> record) {
        try {
            table.apply(record.partition(), record.offset(), record.key(), record.value());
        } catch (RuntimeException e) {
            log.error("skipped a record of {} that cannot be read: {}", place(record), e.toString());
        }
    }

    private void noteStates(Consumer<String, byte[]> consumer, TopicPartition place) {
        long position = consumer.position(place);
        positions.put(place, position);
        table.applied(place.partition(), position);
    }

    private boolean applyTasks(
            Consumer<String, byte[]> consumer, TopicPartition place, List<ConsumerRecord<String, byte[]>> records) {
        for (ConsumerRecord<String, byte[]> record : records) {
            try {
                TaskId id = TaskId.parse(record.key());
                TaskEntry known = table.find(id);
                boolean knownAsIs =
                        known != null && known.isHearsay() && known.status().sequence() == record.offset();
                if (!knownAsIs && !table.heard(TaskCodec.read(record.value()), record.partition(), record.offset())) {
                    consumer.seek(place, record.offset());
                    positions.put(place, record.offset());
                    return false;
                }
            } catch (RuntimeException e) {
                log.error("skipped a task at {} that cannot be read: {}", place(record), e.toString());
            }
        }
        positions.put(place, consumer.position(place));
        return true;
    }

    private static long behind(Consumer<String, byte[]> consumer, List<TopicPartition> tasks) {
        long sum = 0;
        for (TopicPartition place : tasks) {
            sum += consumer.currentLag(place).orElse(0);
        }
        return sum;
    }

    private Map<TopicPartition, Long> committed(List<TopicPartition> tasks) {
        Admin admin = link.admin();
        Map<TopicPartition, Long> offsets = new HashMap<>();
        if (admin == null) {
            return offsets;
        }
        try {
            Map<TopicPartition, OffsetAndMetadata> known = admin.listConsumerGroupOffsets(
                            link.properties().group())
                    .partitionsToOffsetAndMetadata()
                    .get(3, TimeUnit.SECONDS);
            Set<TopicPartition> wanted = new HashSet<>(tasks);
            known.forEach((place, offset) -> {
                if (offset != null && wanted.contains(place)) {
                    offsets.put(place, offset.offset());
                }
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            // from the beginning then: more to read, nothing missed
            log.debug("no committed offsets: {}", e.toString());
        }
        return offsets;
    }

    private static List<TopicPartition> partitions(String topic, int count) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (int p = 0; p < count; p++) {
            partitions.add(new TopicPartition(topic, p));
        }
        return partitions;
    }

    private static String place(ConsumerRecord<String, byte[]> record) {
        return record.topic() + "-" + record.partition() + "@" + record.offset();
    }

    @Override
    public void close() {
        closing.close();
        try {
            // it looks at the flag between polls; an interrupt would only make its consumer complain
            thread.join(1_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread.interrupt();
    }
}
