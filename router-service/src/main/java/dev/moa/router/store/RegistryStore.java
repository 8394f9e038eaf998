package dev.moa.router.store;

import dev.moa.protocol.ServiceName;
import dev.moa.router.address.Instance;
import dev.moa.router.address.InstanceJson;
import dev.moa.router.address.ServiceState;
import io.lettuce.core.KeyValue;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the registry's layout from one Redis. For a service {@code S}, whose keys share the hash tag
 * {@code {S}}: {@code moa:{S}:meta} (hash of epoch and revision), {@code moa:{S}:instances} (hash of id to
 * JSON) and {@code moa:{S}:changes} (stream whose entry ids are {@code <revision>-0}). {@code moa:services}
 * is the set of all names.
 *
 * <p>Safe for many threads. Every method waits at most the timeout and throws {@link StoreException} when the
 * store does not answer. A service whose keys hold something else (a key of another type, a revision that is no number)
 * is passed over by those that read many, so that it takes none of the others with it; it is counted, and logged once.
 */
public final class RegistryStore implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RegistryStore.class);

    /** Both keys at one moment: a change between two reads would pair instances with the wrong revision. */
    private static final String READ_STATE =
            "return {redis.call('HMGET', KEYS[1], 'epoch', 'revision'), redis.call('HGETALL', KEYS[2])}";

    /** Reads of many services are sent in portions of this many, so that no portion outlives the timeout. */
    private static final int PORTION = 200;

    /** Services with keys that cannot be read that are named in the log, each once. */
    private static final int MAX_NAMED = 100;

    private final RedisLink link;
    private final Duration timeout;
    private final AtomicLong unreadable = new AtomicLong();
    private final Set<ServiceName> named = ConcurrentHashMap.newKeySet();

    public RegistryStore(RedisLink link, Duration timeout) {
        this.link = link;
        this.timeout = timeout;
    }

    /** Returns the names of all services. */
    public Set<ServiceName> services() {
        Set<ServiceName> names = new TreeSet<>();
        for (String name : await(link.commands().smembers("moa:services"))) {
            try {
                names.add(ServiceName.of(name));
            } catch (IllegalArgumentException e) {
                unreadable.incrementAndGet();
            }
        }
        return names;
    }

    /** Returns how far the store is with each service; services that it does not know are absent. */
    public Map<ServiceName, Revision> revisions(Collection<ServiceName> services) {
        Map<ServiceName, Revision> revisions = new LinkedHashMap<>();
        forPortions(
                services,
                (commands, service) -> commands.hmget(key(service, "meta"), "epoch", "revision"),
                (service, fields) -> {
                    Revision revision = revision(fields);
                    if (revision != null) {
                        revisions.put(service, revision);
                    }
                });
        return revisions;
    }

    /**
     * Returns what the store says of each service: empty for one that it does not know; one whose keys cannot be read is
     * absent.
     */
    public Map<ServiceName, Optional<ServiceState>> states(Collection<ServiceName> services) {
        Map<ServiceName, Optional<ServiceState>> states = new LinkedHashMap<>();
        forPortions(
                services,
                RegistryStore::readState,
                (service, reply) -> states.put(service, Optional.ofNullable(state(service, reply))));
        return states;
    }

    /** Returns what the store says of one service; null if it does not know it. */
    public @Nullable ServiceState state(ServiceName service) {
        return state(service, await(readState(link.commands(), service)));
    }

    /** Returns each instance of the service as the registry wrote it, by id: with its reason and who overrides it. */
    public Map<String, String> written(ServiceName service) {
        return await(link.commands().hgetall(key(service, "instances")));
    }

    /**
     * Returns the changes of each service after the revision given for it, oldest first, at most {@code limit}; a service
     * whose changes cannot be read is absent.
     */
    public Map<ServiceName, List<Change>> changes(Map<ServiceName, Long> since, int limit) {
        return stream(since, limit, this::change);
    }

    /** As {@link #changes}, without reading what the instances are: who came and who left. */
    public Map<ServiceName, List<Departure>> departures(Map<ServiceName, Long> since, int limit) {
        return stream(since, limit, RegistryStore::departure);
    }

    private <T> Map<ServiceName, List<T>> stream(
            Map<ServiceName, Long> since, int limit, Function<StreamMessage<String, String>, T> read) {
        Map<ServiceName, List<T>> changes = new LinkedHashMap<>();
        forPortions(
                since.keySet(),
                (commands, service) -> commands.xrange(
                        key(service, "changes"),
                        Range.create((since.getOrDefault(service, 0L) + 1) + "-0", "+"),
                        Limit.from(limit)),
                (service, messages) ->
                        changes.put(service, messages.stream().map(read).toList()));
        return changes;
    }

    /** Returns how often a name, an instance or a service's key could not be read since the start. */
    public long unreadable() {
        return unreadable.get();
    }

    private static CompletionStage<List<Object>> readState(
            RedisClusterAsyncCommands<String, String> commands, ServiceName service) {
        return commands.eval(READ_STATE, ScriptOutputType.MULTI, key(service, "meta"), key(service, "instances"));
    }

    private @Nullable ServiceState state(ServiceName service, List<Object> reply) {
        List<?> meta = (List<?>) reply.get(0);
        if (!(meta.get(0) instanceof String epoch) || !(meta.get(1) instanceof String revision)) {
            return null;
        }
        List<?> fields = (List<?>) reply.get(1);
        List<Instance> instances = new ArrayList<>(fields.size() / 2);
        for (int i = 0; i + 1 < fields.size(); i += 2) {
            Instance instance = instance(service, (String) fields.get(i), (String) fields.get(i + 1));
            if (instance != null) {
                instances.add(instance);
            }
        }
        return ServiceState.of(service, epoch, number(revision), instances);
    }

    private Change change(StreamMessage<String, String> message) {
        Map<String, String> body = message.getBody();
        String id = body.getOrDefault("id", "");
        String json = body.getOrDefault("instance", "");
        return new Change(
                body.getOrDefault("epoch", ""),
                revision(message),
                id,
                body.getOrDefault("reason", ""),
                isGone(body) ? null : InstanceJson.read(json).withId(id));
    }

    private static Departure departure(StreamMessage<String, String> message) {
        Map<String, String> body = message.getBody();
        return new Departure(
                body.getOrDefault("epoch", ""), revision(message), body.getOrDefault("id", ""), isGone(body));
    }

    private static boolean isGone(Map<String, String> body) {
        return "REMOVED".equals(body.get("type"))
                || body.getOrDefault("instance", "").isEmpty();
    }

    private static long revision(StreamMessage<String, String> message) {
        return number(message.getId().substring(0, message.getId().indexOf('-')));
    }

    private @Nullable Instance instance(ServiceName service, String id, String json) {
        try {
            return InstanceJson.read(json).withId(id);
        } catch (IllegalArgumentException e) {
            // one bad entry must not take the service's other instances from their callers
            if (unreadable.getAndIncrement() % 1000 == 0) {
                log.warn("{}: instance {} in Redis is left out: {}", service, id, e.getMessage());
            }
            return null;
        }
    }

    private static @Nullable Revision revision(List<KeyValue<String, String>> fields) {
        String epoch = fields.get(0).getValueOrElse(null);
        String revision = fields.get(1).getValueOrElse(null);
        return epoch == null || revision == null ? null : new Revision(epoch, number(revision));
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("revision in Redis: '%s' (expected: a number)".formatted(text), e);
        }
    }

    static String key(ServiceName service, String part) {
        return "moa:{" + service.value() + "}:" + part;
    }

    private interface Question<T> {
        CompletionStage<T> ask(RedisClusterAsyncCommands<String, String> commands, ServiceName service);
    }

    private interface Reader<T> {
        void read(ServiceName service, T reply);
    }

    private <T> void forPortions(Collection<ServiceName> services, Question<T> question, Reader<T> reader) {
        List<ServiceName> all = List.copyOf(services);
        for (int from = 0; from < all.size(); from += PORTION) {
            List<ServiceName> portion = all.subList(from, Math.min(all.size(), from + PORTION));
            RedisClusterAsyncCommands<String, String> commands = link.commands();
            List<CompletionStage<T>> replies = new ArrayList<>(portion.size());
            portion.forEach(service -> replies.add(question.ask(commands, service)));
            for (int i = 0; i < portion.size(); i++) {
                readOne(portion.get(i), replies.get(i), reader);
            }
        }
    }

    private <T> void readOne(ServiceName service, CompletionStage<T> reply, Reader<T> reader) {
        try {
            reader.read(service, await(reply));
        } catch (StoreException e) {
            if (!isOfAKey(e)) {
                throw e;
            }
            passOver(service, e);
        } catch (IllegalArgumentException e) {
            passOver(service, e);
        }
    }

    /** Returns whether Redis has answered, that a key is of another type; not, that it is loading or lets nobody in. */
    private static boolean isOfAKey(StoreException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            // a script's error is told within other words before Redis 7
            if (cause instanceof RedisCommandExecutionException
                    && String.valueOf(cause.getMessage()).contains("WRONGTYPE")) {
                return true;
            }
        }
        return false;
    }

    private void passOver(ServiceName service, RuntimeException why) {
        unreadable.incrementAndGet();
        if (named.size() < MAX_NAMED && named.add(service)) {
            log.warn(
                    "{}: its keys in Redis cannot be read: {}; what is known of it stays, the others are read on",
                    service,
                    why.getMessage());
        }
    }

    private <T> T await(CompletionStage<T> reply) {
        return link.await(reply, timeout);
    }

    @Override
    public void close() {
        link.close();
    }
}
