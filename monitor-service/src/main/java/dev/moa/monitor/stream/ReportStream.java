package dev.moa.monitor.stream;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.Consumer;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XAddArgs;
import io.lettuce.core.XAutoClaimArgs;
import io.lettuce.core.XGroupCreateArgs;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The stream {@value #KEY}: any replica of the monitor appends, the one that holds the aggregator's lease reads,
 * as a consumer group, and removes an entry only after it is on disk.
 *
 * <p>{@link #append} is safe for many threads and never blocks. The rest belongs to the reader's thread.
 */
public final class ReportStream implements AutoCloseable {
    static final String KEY = "moa:monitor:reports";
    static final String GROUP = "monitor";
    static final String LEASE_KEY = "moa:monitor:aggregator";
    private static final String FIELD = "report";
    private static final Duration LEASE = Duration.ofSeconds(10);
    // takes the lease if nobody has it, renews it if it is ours, and says whose it is
    private static final String LEASE_SCRIPT = """
            local owner = redis.call('get', KEYS[1])
            if not owner or owner == ARGV[1] then
              redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2])
              return ARGV[1]
            end
            return owner
            """;

    private final StreamProperties settings;
    private final RedisLink writer;
    private final RedisLink reader;
    private volatile long waiting;

    public ReportStream(Supplier<AbstractRedisClient> client, StreamProperties settings) {
        this.settings = settings;
        // a blocking read holds up its connection: what is appended goes by another
        writer = new RedisLink(client);
        reader = new RedisLink(client);
    }

    /** Appends a report; the stage fails with {@link StreamException} if Redis does not say that it has it. */
    public CompletionStage<String> append(byte[] json) {
        RedisClusterAsyncCommands<String, byte[]> redis = writer.commands();
        if (redis == null) {
            return CompletableFuture.failedFuture(new StreamException("Redis has not answered yet"));
        }
        if (waiting >= settings.maxReports()) {
            return CompletableFuture.failedFuture(new StreamFullException(waiting, settings.maxReports()));
        }
        // twice the limit: what is not counted yet is refused above, and never trimmed away
        XAddArgs limit = XAddArgs.Builder.maxlen(2L * settings.maxReports()).approximateTrimming();
        return redis.xadd(KEY, limit, Map.of(FIELD, json))
                .toCompletableFuture()
                .orTimeout(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(failure ->
                        CompletableFuture.failedFuture(new StreamException("Redis: " + rootMessage(failure), failure)));
    }

    /** Opens the connections and makes the group where it is missing. */
    void connect() {
        try {
            writer.connect();
            RedisClusterAsyncCommands<String, byte[]> redis = reader.connect();
            await(redis.xgroupCreate(
                    XReadArgs.StreamOffset.from(KEY, "0"), GROUP, XGroupCreateArgs.Builder.mkstream(true)));
        } catch (StreamException e) {
            if (!String.valueOf(e.getMessage()).contains("BUSYGROUP")) {
                throw e;
            }
        } catch (RuntimeException e) {
            throw new StreamException("Redis does not answer: " + rootMessage(e), e);
        }
    }

    /** Takes or renews the lease of the one reader; returns null if it is ours, else whose it is. */
    @Nullable
    String holdLease(String id) {
        byte[] owner = await(reader.connect()
                .<byte[]>eval(
                        LEASE_SCRIPT,
                        ScriptOutputType.VALUE,
                        new String[] {LEASE_KEY},
                        id.getBytes(StandardCharsets.US_ASCII),
                        Long.toString(LEASE.toMillis()).getBytes(StandardCharsets.US_ASCII)));
        String name = new String(owner, StandardCharsets.US_ASCII);
        return name.equals(id) ? null : name;
    }

    /** Gives the lease back, so that another need not wait for its end. */
    void leaveLease(String id) {
        await(reader.connect()
                .eval(
                        "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0",
                        ScriptOutputType.INTEGER,
                        new String[] {LEASE_KEY},
                        id.getBytes(StandardCharsets.US_ASCII)));
    }

    /** Returns what this reader was given before and has not acknowledged, from the beginning. */
    List<ReceivedReport> readPending(String id) {
        return received(await(reader.connect()
                .xreadgroup(
                        Consumer.from(GROUP, id),
                        XReadArgs.Builder.count(settings.batch()),
                        XReadArgs.StreamOffset.from(KEY, "0"))));
    }

    /** Waits for new entries, half a second at most. */
    List<ReceivedReport> readNew(String id) {
        return received(await(reader.connect()
                .xreadgroup(
                        Consumer.from(GROUP, id),
                        XReadArgs.Builder.count(settings.batch()).block(Duration.ofMillis(500)),
                        XReadArgs.StreamOffset.lastConsumed(KEY))));
    }

    /** Takes over what another reader was given and has not acknowledged for long. */
    List<ReceivedReport> claimAbandoned(String id) {
        XAutoClaimArgs<String> args = XAutoClaimArgs.Builder.xautoclaim(
                        Consumer.from(GROUP, id), settings.claimAfter(), "0-0")
                .count(settings.batch());
        return received(await(reader.connect().xautoclaim(KEY, args)).getMessages());
    }

    /** Removes entries that are on disk. */
    void acknowledge(List<ReceivedReport> reports) {
        if (reports.isEmpty()) {
            return;
        }
        String[] ids = reports.stream().map(ReceivedReport::id).toArray(String[]::new);
        RedisClusterAsyncCommands<String, byte[]> redis = reader.connect();
        CompletionStage<Long> acknowledged = redis.xack(KEY, GROUP, ids);
        CompletionStage<Long> deleted = redis.xdel(KEY, ids);
        await(acknowledged);
        await(deleted);
    }

    /** Looks how many reports wait; {@link #waiting} gives the answer to any thread. */
    void measure() {
        waiting = await(reader.connect().xlen(KEY));
    }

    /** Returns how many reports waited in Redis when it was last looked. */
    public long waiting() {
        return waiting;
    }

    private static List<ReceivedReport> received(List<StreamMessage<String, byte[]>> messages) {
        List<ReceivedReport> reports = new ArrayList<>(messages.size());
        for (StreamMessage<String, byte[]> message : messages) {
            String id = message.getId();
            Map<String, byte[]> body = message.getBody();
            // an entry that was given to this reader and is not in the stream any more has no body
            byte[] json = body == null ? null : body.get(FIELD);
            long atMs = Long.parseLong(id.substring(0, id.indexOf('-')));
            reports.add(new ReceivedReport(id, atMs, json == null ? new byte[0] : json));
        }
        return reports;
    }

    private <T> T await(CompletionStage<T> reply) {
        try {
            // a blocking read waits for half a second before Redis answers
            return reply.toCompletableFuture().get(settings.timeout().toMillis() + 1_000, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new StreamException(
                    "Redis did not answer within %d ms"
                            .formatted(settings.timeout().toMillis() + 1_000),
                    e);
        } catch (ExecutionException e) {
            throw new StreamException("Redis: " + rootMessage(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StreamException("interrupted while waiting for Redis", e);
        }
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }

    @Override
    public void close() {
        writer.close();
        reader.close();
    }
}
