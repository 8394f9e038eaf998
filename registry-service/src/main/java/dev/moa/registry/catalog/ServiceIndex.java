package dev.moa.registry.catalog;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.Refusal;
import dev.moa.registry.store.RedisStore;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.RedisSystemException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceExceptionConverter;
import org.springframework.data.redis.core.RedisCallback;

/**
 * The names of all services. The set in Redis lives on another node of a cluster than the services themselves, so
 * no script can write both: it heals instead. Whoever registers or renews puts the name in where it is missing, and
 * each registry keeps a copy that {@link #refresh()} renews.
 */
public final class ServiceIndex {
    private static final String KEY = "moa:services";
    // names that are asked about in one write
    private static final int AT_ONCE = 500;
    private static final long LONGEST_SECONDS = 10;

    private final RedisStore store;
    private final int most;
    // names known to be in Redis as of the last refresh, and those put in since
    private volatile Names names = new Names();
    private volatile boolean refreshed;
    // when services were last found to be gone with their names, on the scale of System.nanoTime()
    private volatile @Nullable Long lostNanos;

    /** The same names twice: in order for who lists them, and by hash, for each renewal asks whether one is in. */
    private record Names(NavigableSet<ServiceName> sorted, Set<ServiceName> hashed) {
        Names() {
            this(new ConcurrentSkipListSet<>(), ConcurrentHashMap.newKeySet());
        }

        boolean contains(ServiceName service) {
            return hashed.contains(service);
        }

        void add(ServiceName service) {
            sorted.add(service);
            hashed.add(service);
        }
    }

    ServiceIndex(RedisStore store, int most) {
        this.store = store;
        this.most = most;
    }

    /** Refuses a new service where there are too many; returns whether it is in. */
    boolean admit(ServiceName service) {
        Names known = names;
        boolean isIn = known.contains(service);
        if (!isIn && known.hashed().size() >= most) {
            throw Refusal.exhausted(
                    "services",
                    known.hashed().size() + 1,
                    most + " (moa.registry.catalog.max-services)",
                    "register under an existing service, or raise the limit");
        }
        return isIn;
    }

    /** Puts a name in where it is missing. */
    void add(ServiceName service) {
        if (names.contains(service)) {
            return;
        }
        store.ask("index", redis -> Objects.requireNonNull(redis.opsForSet().add(KEY, service.value())));
        names.add(service);
    }

    /** Reads the names from Redis. */
    public void refresh() {
        Set<String> members = store.ask(
                "index", redis -> Objects.requireNonNull(redis.opsForSet().members(KEY)));
        Names fresh = new Names();
        for (String member : members) {
            try {
                fresh.add(ServiceName.of(member));
            } catch (IllegalArgumentException notOurs) {
                // somebody else's entry: not a service, nothing to do about it
                continue;
            }
        }
        List<ServiceName> lost =
                names.sorted().stream().filter(known -> !fresh.contains(known)).toList();
        for (int from = 0; from < lost.size(); from += AT_ONCE) {
            List<ServiceName> stored = stored(lost.subList(from, Math.min(lost.size(), from + AT_ONCE)));
            if (stored.size() < Math.min(AT_ONCE, lost.size() - from)) {
                lostNanos = System.nanoTime();
            }
            if (!stored.isEmpty()) {
                String[] values = stored.stream().map(ServiceName::value).toArray(String[]::new);
                store.ask(
                        "index",
                        redis -> Objects.requireNonNull(redis.opsForSet().add(KEY, values)));
                stored.forEach(fresh::add);
            }
        }
        names = fresh;
        refreshed = true;
    }

    /**
     * Returns those that are in Redis: a lost entry of a service that is there heals; an emptied store has neither. All
     * are asked about before the first answer is waited for: after a loss they come back among thousands of
     * registrations, and the thread that reads the index is the one that ends leases.
     */
    private List<ServiceName> stored(List<ServiceName> services) {
        return store.ask(
                "index",
                redis -> Objects.requireNonNull(
                        redis.execute((RedisCallback<List<ServiceName>>) connection -> stored(connection, services))));
    }

    @SuppressWarnings("unchecked")
    private static List<ServiceName> stored(RedisConnection connection, List<ServiceName> services) {
        var redis = (RedisClusterAsyncCommands<byte[], byte[]>) connection.getNativeConnection();
        List<RedisFuture<Long>> answers = services.stream()
                .map(each -> redis.exists(CatalogScript.key(each, "meta").getBytes(StandardCharsets.UTF_8)))
                .toList();
        List<ServiceName> stored = new ArrayList<>();
        for (int i = 0; i < services.size(); i++) {
            try {
                // each ends by the client's own timeout; this is for a client that has none
                if (answers.get(i).get(LONGEST_SECONDS, TimeUnit.SECONDS) > 0) {
                    stored.add(services.get(i));
                }
            } catch (ExecutionException failure) {
                throw known(failure.getCause());
            } catch (TimeoutException late) {
                throw new QueryTimeoutException("no answer in time", late);
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
                throw new QueryTimeoutException("stopping", stopping);
            }
        }
        return stored;
    }

    private static DataAccessException known(@Nullable Throwable failure) {
        DataAccessException known =
                failure instanceof Exception exception ? new LettuceExceptionConverter().convert(exception) : null;
        return known == null ? new RedisSystemException(String.valueOf(failure), failure) : known;
    }

    /** Returns whether Redis lost services that were known here, no longer ago than {@code within}. */
    public boolean hasLost(Duration within) {
        Long lost = lostNanos;
        return lost != null && System.nanoTime() - lost < within.toNanos();
    }

    /** Returns the names in order, as of the last refresh and what this registry has seen since. */
    public NavigableSet<ServiceName> names() {
        if (!refreshed) {
            refresh();
        }
        return names.sorted();
    }
}
