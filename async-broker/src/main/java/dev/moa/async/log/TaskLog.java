package dev.moa.async.log;

import dev.moa.async.task.StateRecord;
import dev.moa.async.task.Task;
import dev.moa.async.task.TaskCodec;
import dev.moa.async.task.TaskId;
import dev.moa.async.task.TaskProblem;
import dev.moa.protocol.StatusCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Writes the two topics.
 *
 * <p><b>tasks</b>: every accepted task once, in its key's partition. <b>states</b>: compacted, the same number
 * of partitions; for each task id the last known status, with the task itself where it must go on from there.
 * Record keys of states: the task id; {@link #OWNER} for who owns the partition; {@link #CANCEL} and a task id
 * for a wish to cancel.
 *
 * <p>A producer's {@code send} may block while Kafka is away, so it runs on threads of its own: two for
 * accepting (with a deadline), one for states (in order, as long as it takes).
 */
public final class TaskLog implements AutoCloseable {
    /** Key of the record that says who owns the partition. */
    public static final String OWNER = "owner";
    /** What the key of a wish to cancel begins with; the task id follows. */
    public static final String CANCEL = "cancel:";

    private static final int MAX_PENDING = 16_384;

    private final KafkaLink link;
    private final String tasksTopic;
    private final String statesTopic;
    private final Duration acceptTimeout;
    private final long maxPendingBytes;
    private final AtomicLong pendingBytes = new AtomicLong();
    private final ThreadPoolExecutor accepting = threads("async-accept", 2, MAX_PENDING);
    private final ThreadPoolExecutor stating = threads("async-states", 1, Integer.MAX_VALUE);
    private @Nullable Producer<String, byte[]> acceptProducer;
    private @Nullable Producer<String, byte[]> stateProducer;
    private boolean closed;

    public TaskLog(KafkaLink link) {
        this.link = link;
        this.tasksTopic = link.properties().tasksTopic();
        this.statesTopic = link.properties().statesTopic();
        this.acceptTimeout = link.properties().acceptTimeout();
        this.maxPendingBytes = link.properties().pendingBytes().toBytes();
    }

    /** Returns the partition of a task: its key decides, or its id where it has none. */
    public static int partitionOf(@Nullable String key, TaskId id, int partitions) {
        byte[] bytes = (key == null ? id.toString() : key).getBytes(StandardCharsets.UTF_8);
        return Utils.toPositive(Utils.murmur2(bytes)) % partitions;
    }

    /**
     * Writes an accepted task. The stage ends once Kafka has confirmed it as acks=all says, or, after the
     * accept timeout, with a {@link TaskProblem} that says what the sender may assume.
     */
    public CompletableFuture<Position> accept(Task task) {
        Integer partitions = link.partitions().getNow(null);
        if (partitions == null) {
            String problem = link.problem();
            return CompletableFuture.failedFuture(new TaskProblem(
                    StatusCode.UNAVAILABLE,
                    "not accepted: " + (problem == null ? "the topics are being created" : problem),
                    null,
                    null,
                    "submit again when Kafka is back"));
        }
        byte[] value = TaskCodec.write(task);
        if (pendingBytes.addAndGet(value.length) > maxPendingBytes) {
            pendingBytes.addAndGet(-value.length);
            return CompletableFuture.failedFuture(overloaded());
        }
        int partition = partitionOf(task.key(), task.id(), partitions);
        CompletableFuture<Position> written = new CompletableFuture<>();
        long begun = System.nanoTime();
        try {
            accepting.execute(() -> {
                if (System.nanoTime() - begun > acceptTimeout.toNanos()) {
                    written.completeExceptionally(new TimeoutException("never sent"));
                    return;
                }
                send(true, new ProducerRecord<>(tasksTopic, partition, task.id().toString(), value), written);
            });
        } catch (java.util.concurrent.RejectedExecutionException e) {
            pendingBytes.addAndGet(-value.length);
            return CompletableFuture.failedFuture(overloaded());
        }
        // the bytes are free when Kafka is done with them, which may be after the sender was answered
        written.whenComplete((position, failure) -> pendingBytes.addAndGet(-value.length));
        return written.copy()
                .orTimeout(acceptTimeout.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(unconfirmed(failure)));
    }

    /**
     * Writes a status; entries of one partition are written in the order of the calls. The stage ends with
     * the offset, or with Kafka's failure: then the entry may or may not be there.
     */
    public CompletableFuture<Long> appendState(int partition, StateRecord state) {
        return append(partition, state.status().id().toString(), state.write());
    }

    /** Writes any record of the topic of states; a null value forgets the key. */
    public CompletableFuture<Long> append(int partition, String key, byte @Nullable [] value) {
        CompletableFuture<Position> written = new CompletableFuture<>();
        try {
            stating.execute(() -> send(false, new ProducerRecord<>(statesTopic, partition, key, value), written));
        } catch (java.util.concurrent.RejectedExecutionException e) {
            written.completeExceptionally(e);
        }
        return written.thenApply(Position::offset);
    }

    private void send(
            boolean accept, ProducerRecord<String, byte @Nullable []> record, CompletableFuture<Position> written) {
        try {
            producer(accept).send(record, (metadata, failure) -> {
                if (failure != null) {
                    written.completeExceptionally(failure);
                } else {
                    written.complete(new Position(metadata.partition(), metadata.offset()));
                }
            });
        } catch (RuntimeException e) {
            written.completeExceptionally(e);
        }
    }

    private synchronized Producer<String, byte @Nullable []> producer(boolean accept) {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        if (accept) {
            Producer<String, byte[]> known = acceptProducer;
            if (known == null) {
                int timeout = (int) acceptTimeout.toMillis();
                known = link.producer(
                        "moa-async-accept",
                        Map.of(
                                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                                timeout,
                                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                                Math.max(500, timeout - 200),
                                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                                timeout + 500));
                acceptProducer = known;
            }
            return known;
        }
        Producer<String, byte[]> known = stateProducer;
        if (known == null) {
            known = link.producer(
                    "moa-async-states",
                    Map.of(
                            ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000,
                            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000,
                            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000));
            stateProducer = known;
        }
        return known;
    }

    private TaskProblem overloaded() {
        return new TaskProblem(
                StatusCode.UNAVAILABLE,
                "not accepted: too many tasks wait for Kafka to confirm them",
                pendingBytes.get() + " bytes",
                maxPendingBytes + " bytes (moa.async.kafka.pending-bytes)",
                "submit again later");
    }

    private TaskProblem unconfirmed(Throwable failure) {
        return new TaskProblem(
                StatusCode.UNAVAILABLE,
                "Kafka did not confirm the task in %d ms (%s): it may have been accepted; retry with the dedupeKey"
                        .formatted(acceptTimeout.toMillis(), KafkaLink.rootOf(failure)),
                null,
                acceptTimeout.toMillis() + " ms",
                "retry with the same dedupeKey, which never enqueues twice");
    }

    private static ThreadPoolExecutor threads(String name, int count, int capacity) {
        AtomicLong number = new AtomicLong();
        return new ThreadPoolExecutor(count, count, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(capacity), task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public void close() {
        accepting.shutdown();
        stating.shutdown();
        try {
            boolean quiet =
                    accepting.awaitTermination(2, TimeUnit.SECONDS) && stating.awaitTermination(2, TimeUnit.SECONDS);
            if (!quiet) {
                accepting.shutdownNow();
                stating.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            closed = true;
            if (acceptProducer != null) {
                acceptProducer.close(Duration.ofSeconds(2));
            }
            if (stateProducer != null) {
                stateProducer.close(Duration.ofSeconds(2));
            }
        }
    }
}
