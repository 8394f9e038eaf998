package dev.moa.registry.store;

import dev.moa.registry.Refusal;
import dev.moa.registry.RegistryMetrics;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.StringJoiner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.ClassPathResource;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.connection.RedisClusterConnection;
import org.springframework.data.redis.connection.RedisClusterNode;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * The way to Redis. It knows whether Redis is there, because one thread looks a few times a second; while the last
 * look failed, questions are refused at once instead of each waiting for its timeout.
 *
 * <p>Safe for many threads, except {@link #look()}, which belongs to the one thread that ends leases: whoever slept
 * through a break must notice it before ending anything.
 */
public final class RedisStore {
    private static final Logger log = LoggerFactory.getLogger(RedisStore.class);
    private static final RedisScript<Long> LOOK =
            RedisScript.of(new ClassPathResource("dev/moa/registry/catalog/look.lua"), Long.class);
    private static final String REPLICA = "it is a replica (READONLY)";

    private final StringRedisTemplate redis;
    private final RegistryMetrics metrics;

    private volatile @Nullable String away; // null: there
    private volatile long awaySinceNanos;
    // as of the last look; it may be closed meanwhile
    private volatile @Nullable StatefulConnection<byte[], byte[]> open;

    // of the looking thread
    private long lookedNanos;
    private String lookedRunIds = "";
    private boolean silent;
    private boolean replica;
    private final RedisTime time;
    private long resumedAtMs = -1;

    /** @param awayAfter a longer break in the answers counts as away */
    public RedisStore(StringRedisTemplate redis, RegistryMetrics metrics, Duration awayAfter) {
        this.redis = redis;
        this.metrics = metrics;
        this.time = new RedisTime(awayAfter);
    }

    /**
     * Asks Redis.
     *
     * @param question names what is asked, for metrics
     * @throws Refusal UNAVAILABLE if Redis is away or does not answer in time
     */
    public <T> T ask(String question, Function<StringRedisTemplate, T> how) {
        String reason = away;
        if (reason != null) {
            metrics.store(question, "unavailable", Duration.ZERO);
            throw Refusal.unavailable(reason, null);
        }
        return askAnyway(question, how);
    }

    /**
     * Asks Redis and waits for nothing, so that any thread may; fails with a {@link Refusal}, at the latest when Redis has
     * not answered in the time of a command. Returns null where that is not possible: Redis is a Cluster, or there is no
     * connection now; {@link #ask} finds out.
     */
    public <T> @Nullable CompletableFuture<T> askSoon(
            String question, Function<StatefulConnection<byte[], byte[]>, CompletableFuture<T>> how) {
        StatefulConnection<byte[], byte[]> connection = open;
        if (away != null || connection == null || !connection.isOpen()) {
            return null;
        }
        long started = System.nanoTime();
        return how.apply(connection).handle((answer, failure) -> {
            Duration took = Duration.ofNanos(System.nanoTime() - started);
            metrics.store(question, failure == null ? "ok" : "error", took);
            if (failure != null) {
                throw refusal(failure instanceof RuntimeException known ? known : new CompletionException(failure));
            }
            return answer;
        });
    }

    /**
     * Returns what a failure of one among many questions means to whoever asked it: a refusal already, an error that
     * Redis answered with, or an answer that cannot be read.
     */
    public static Refusal refusal(RuntimeException failure) {
        if (failure instanceof Refusal refusal) {
            return refusal;
        }
        String reason = failure instanceof DataAccessException known ? absence(known) : null;
        if (reason == null) {
            log.error("Redis answered with an error, or with what cannot be read", failure);
        }
        return Refusal.unavailable(
                reason == null ? "it answered with an error that the registry's log names" : reason, failure);
    }

    /** Returns whether the services' keys may be on different nodes, so that no script can touch those of two. */
    public boolean isCluster() {
        return redis.getConnectionFactory() instanceof LettuceConnectionFactory lettuce && lettuce.isClusterAware();
    }

    /** Returns Redis's time in ms. */
    public long nowMs() {
        return ask("time", template -> Objects.requireNonNull(template.execute(LOOK, List.of())));
    }

    /** Looks whether Redis is there and takes writes, and whether it was in between. */
    public Look look() {
        replica = false;
        try {
            long started = System.nanoTime();
            String runIds = askAnyway(
                    "look",
                    template -> Objects.requireNonNull(template.execute((RedisCallback<String>) connection -> {
                        open = stateful(connection);
                        replica = isPrimaryAsked() && isReplica(connection);
                        return runIds(connection);
                    })));
            if (replica) {
                throw Refusal.unavailable(REPLICA, null);
            }
            long asked = System.nanoTime();
            long now = askAnyway("look", template -> Objects.requireNonNull(template.execute(LOOK, List.of())));
            long answered = System.nanoTime();
            silent = false;
            metrics.storeAhead(now - System.currentTimeMillis());
            // this process may have slept between two looks, or in one
            notice(runIds, now, time.isGap(lookedNanos, started, asked, answered), answered);
            return new Look(now, resumedAtMs);
        } catch (Refusal refusal) {
            reconnectIfInVain(refusal);
            String reason = Objects.requireNonNullElse(refusal.getMessage(), "no answer")
                    .replaceFirst("^Redis is not available: ", "");
            if (away == null) {
                awaySinceNanos = System.nanoTime();
                log.warn("Redis is away: {}. Requests are refused with 503 and no lease ends until it is back", reason);
            }
            away = reason;
            throw refusal;
        }
    }

    /**
     * A connection whose other end is gone without a word (a partition, an address that moved) answers nothing, which
     * TCP takes a quarter of an hour to notice: the second look in a row that times out opens another one. So does a look
     * that finds a replica: who was the primary keeps its connections when it is demoted, and the address may lead to
     * another by now. Not so a Cluster's, where one node says nothing of the others.
     */
    private void reconnectIfInVain(Refusal refusal) {
        boolean isSilent = refusal.getCause() instanceof QueryTimeoutException;
        if ((isSilent && silent || replica)
                && redis.getConnectionFactory() instanceof LettuceConnectionFactory lettuce
                && !isCluster()) {
            if (isSilent) {
                log.warn("Redis answers nothing on this connection: it is closed, and another one opened");
            }
            lettuce.resetConnection();
        }
        silent = isSilent;
    }

    /** Returns why Redis is away and for how long, or null if it is there. */
    public @Nullable String absence() {
        String reason = away;
        return reason == null
                ? null
                : "%s (for %d s)".formatted(reason, (System.nanoTime() - awaySinceNanos) / 1_000_000_000L);
    }

    private void notice(String runIds, long now, boolean gap, long answered) {
        boolean first = resumedAtMs < 0;
        boolean restarted = !runIds.equals(lookedRunIds);
        // before the others: each look has to be noted
        boolean stepped = time.isStep(now, answered);
        if (first || gap || restarted || stepped) {
            resumedAtMs = now;
            String cause = first ? "start" : restarted ? "restarted" : gap ? "away" : "clock-stepped";
            metrics.resumed(cause);
            if (!first) {
                log.warn("Redis or this registry was away ({}): no lease ends before one full lease from now", cause);
            }
        }
        lookedNanos = answered;
        lookedRunIds = runIds;
        if (away != null) {
            log.info("Redis is there again");
            away = null;
        }
    }

    @SuppressWarnings("unchecked") // Spring's connections leave bytes as they are
    private static @Nullable StatefulConnection<byte[], byte[]> stateful(RedisConnection connection) {
        return connection.getNativeConnection() instanceof RedisAsyncCommands<?, ?> one
                ? ((RedisAsyncCommands<byte[], byte[]>) one).getStatefulConnection()
                : null;
    }

    /** One that does not answer in a cluster takes nothing from the services on the others. */
    private static String runIds(RedisConnection connection) {
        if (!(connection instanceof RedisClusterConnection cluster)) {
            return runId(connection.serverCommands().info("server"));
        }
        StringJoiner ids = new StringJoiner(",");
        StreamSupport.stream(cluster.clusterGetNodes().spliterator(), false)
                .filter(node -> node.isMaster() && !node.isMarkedAsFail())
                .sorted(Comparator.comparing(RedisClusterNode::asString))
                .forEach(node -> {
                    try {
                        ids.add(runId(cluster.serverCommands().info(node, "server")));
                    } catch (DataAccessException away) {
                        ids.add(node.asString() + " is away");
                    }
                });
        return ids.toString();
    }

    /** Returns whether a question goes where writes go: otherwise the role is that of a replica to read from. */
    private boolean isPrimaryAsked() {
        return !(redis.getConnectionFactory() instanceof LettuceConnectionFactory lettuce)
                || lettuce.getClientConfiguration().getReadFrom().isEmpty();
    }

    private static boolean isReplica(RedisConnection connection) {
        return !(connection instanceof RedisClusterConnection)
                && "slave"
                        .equals(Objects.requireNonNull(
                                        connection.serverCommands().info("replication"))
                                .getProperty("role"));
    }

    private static String runId(@Nullable Properties info) {
        return Objects.requireNonNull(info).getProperty("run_id", "");
    }

    private <T> T askAnyway(String question, Function<StringRedisTemplate, T> how) {
        long started = System.nanoTime();
        String outcome = "ok";
        try {
            return how.apply(redis);
        } catch (DataAccessException failure) {
            String reason = absence(failure);
            outcome = reason == null ? "error" : "unavailable";
            if (reason == null) {
                throw failure;
            }
            throw Refusal.unavailable(reason, failure);
        } catch (IllegalStateException failure) {
            // the connection factory of an application that is stopping
            outcome = "unavailable";
            throw Refusal.stopping();
        } finally {
            metrics.store(question, outcome, Duration.ofNanos(System.nanoTime() - started));
        }
    }

    /** Returns why the failure means that Redis is away, or null if it is a mistake of ours. */
    private static @Nullable String absence(DataAccessException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RedisCommandExecutionException answer) {
                String text = Objects.requireNonNullElse(answer.getMessage(), "");
                String word = text.split(" ", 2)[0];
                return switch (word) {
                    case "LOADING" -> "it is loading its data";
                    case "READONLY" -> REPLICA;
                    case "MASTERDOWN" -> "it is a replica without its primary";
                    case "OOM" -> "its memory is full (OOM): raise maxmemory";
                    case "MISCONF" -> "it cannot write its data to disk (MISCONF)";
                    case "BUSY" -> "it runs a script of somebody else (BUSY)";
                    case "CLUSTERDOWN", "TRYAGAIN" -> "its cluster is not whole (" + word + ")";
                    case "NOAUTH", "WRONGPASS" -> "it wants another password (" + word + ")";
                    case "NOPERM" -> "its user may not do this (NOPERM)";
                    default -> null;
                };
            }
        }
        if (failure instanceof QueryTimeoutException) {
            return "it did not answer in time";
        }
        if (failure instanceof RedisConnectionFailureException) {
            return "it cannot be reached";
        }
        return "its connection broke";
    }
}
