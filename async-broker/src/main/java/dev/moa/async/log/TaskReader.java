package dev.moa.async.log;

import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads single records back by their offset: what a person asks about, and what an owner goes on with after a
 * take-over. One consumer, one reader at a time, every read with a deadline.
 */
public final class TaskReader implements AutoCloseable {
    private static final long FAR = 500;
    private static final int MAX_CACHED_BYTES = 2 << 20;
    private static final int MAX_CACHED_RECORD = 8_192;

    private final KafkaLink link;
    private final String clientId;
    private final LinkedHashMap<Place, byte[]> cache = new LinkedHashMap<>(256, 0.75f, true);
    private @Nullable Consumer<String, byte[]> consumer;
    private int cachedBytes;

    private record Place(String topic, int partition, long offset) {}

    public TaskReader(KafkaLink link, String clientId) {
        this.link = link;
        this.clientId = clientId;
    }

    /** Returns the value at this offset of the topic of states; null if it is gone or Kafka did not give it in time. */
    public byte @Nullable [] state(int partition, long offset, Duration timeout) {
        return one(link.properties().statesTopic(), partition, offset, timeout);
    }

    /** Returns the value at this offset of the topic of tasks; null if it is gone or Kafka did not give it in time. */
    public byte @Nullable [] task(int partition, long offset, Duration timeout) {
        return one(link.properties().tasksTopic(), partition, offset, timeout);
    }

    private synchronized byte @Nullable [] one(String topic, int partition, long offset, Duration timeout) {
        byte[] cached = cache.get(new Place(topic, partition, offset));
        if (cached != null) {
            return cached;
        }
        Map<Long, byte[]> found = new HashMap<>();
        read(topic, partition, List.of(offset), timeout, found::put, true);
        return found.get(offset);
    }

    /** Keeps what came along: who asks for one task often asks for its neighbours next. A record never changes. */
    private void keep(String topic, ConsumerRecord<String, byte[]> record) {
        byte[] value = record.value();
        if (value == null || value.length > MAX_CACHED_RECORD) {
            return;
        }
        if (cache.put(new Place(topic, record.partition(), record.offset()), value) == null) {
            cachedBytes += value.length;
        }
        Iterator<byte[]> oldest = cache.values().iterator();
        while (cachedBytes > MAX_CACHED_BYTES) {
            cachedBytes -= oldest.next().length;
            oldest.remove();
        }
    }

    /**
     * Reads the given offsets of the topic of states, in ascending order.
     *
     * @param offsets ascending
     * @param timeout for each poll that brings nothing new
     * @return whether the reader got past the last of them; offsets that were compacted away are left out
     */
    public boolean states(int partition, List<Long> offsets, Duration timeout, BiConsumer<Long, byte[]> found) {
        return read(link.properties().statesTopic(), partition, offsets, timeout, found, false);
    }

    private synchronized boolean read(
            String topic,
            int partition,
            List<Long> offsets,
            Duration timeout,
            BiConsumer<Long, byte[]> found,
            boolean keeping) {
        if (offsets.isEmpty()) {
            return true;
        }
        try {
            Consumer<String, byte[]> reader = consumer();
            TopicPartition place = new TopicPartition(topic, partition);
            reader.assign(List.of(place));
            int next = 0;
            reader.seek(place, offsets.get(0));
            long deadline = System.nanoTime() + timeout.toNanos();
            while (next < offsets.size()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                List<ConsumerRecord<String, byte[]>> records =
                        reader.poll(Duration.ofNanos(left)).records(place);
                if (!records.isEmpty()) {
                    deadline = System.nanoTime() + timeout.toNanos();
                }
                for (ConsumerRecord<String, byte[]> record : records) {
                    if (keeping) {
                        keep(topic, record);
                    }
                    while (next < offsets.size() && offsets.get(next) < record.offset()) {
                        next++;
                    }
                    if (next < offsets.size() && offsets.get(next) == record.offset()) {
                        next++;
                        if (record.value() != null) {
                            found.accept(record.offset(), record.value());
                        }
                    }
                }
                long position = reader.position(place, Duration.ofSeconds(1));
                while (next < offsets.size() && offsets.get(next) < position) {
                    next++;
                }
                if (next < offsets.size() && offsets.get(next) > position + FAR) {
                    reader.seek(place, offsets.get(next));
                }
            }
            return true;
        } catch (org.apache.kafka.common.KafkaException e) {
            dropConsumer();
            return false;
        }
    }

    private Consumer<String, byte[]> consumer() {
        Consumer<String, byte[]> known = consumer;
        if (known == null) {
            known = link.consumer(
                    clientId,
                    Map.of(
                            ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                            500,
                            // a fetch that waits at the end of the log would hold up the next read
                            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                            2,
                            ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
                            1 << 20,
                            ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                            64 << 10));
            consumer = known;
        }
        return known;
    }

    private void dropConsumer() {
        Consumer<String, byte[]> known = consumer;
        consumer = null;
        if (known != null) {
            known.close();
        }
    }

    @Override
    public synchronized void close() {
        dropConsumer();
    }
}
