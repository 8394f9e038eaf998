package dev.moa.registry.catalog;

import dev.moa.protocol.ServiceName;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.data.redis.connection.RedisPipelineException;
import org.springframework.data.redis.connection.ReturnType;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

/** The scripts, each as it is sent to Redis, and the keys they touch. */
enum CatalogScript {
    REGISTER(true),
    RENEW(true),
    CHANGE(true),
    REMOVE(true),
    EXPIRE(true),
    REBIRTH(true),
    OVERRIDE(true),
    OVERRIDES(false),
    SNAPSHOT(false),
    SILENCE(false),
    CHANGES(false),
    SUMMARY(false);

    private static final Logger log = LoggerFactory.getLogger(CatalogScript.class);

    private final RedisScript<List<Object>> script;

    @SuppressWarnings({"unchecked", "rawtypes"})
    CatalogScript(boolean writes) {
        String text = read(name().toLowerCase(java.util.Locale.ROOT));
        String whole = writes ? read("prelude") + "\n" + text : text;
        script = (RedisScript) RedisScript.of(whole, List.class);
    }

    /** Runs the script and returns its answer: strings, longs and lists of these. */
    List<Object> run(StringRedisTemplate redis, List<String> keys, List<String> arguments) {
        return Objects.requireNonNull(redis.execute(script, keys, arguments.toArray()));
    }

    /** One run of a script: its keys and its arguments. */
    record Call(List<String> keys, List<String> arguments) {}

    /**
     * Runs the script for several services, all sent before the first answer is waited for. A Redis that does not
     * know the script yet, or a connection that cannot send ahead, runs them one after another.
     */
    List<List<Object>> runAll(StringRedisTemplate redis, List<Call> calls) {
        if (calls.size() > 1) {
            try {
                return pipelined(redis, calls);
            } catch (RedisPipelineException | InvalidDataAccessApiUsageException | UnsupportedOperationException no) {
                log.debug("{} is run one by one: {}", this, no.getMessage());
            }
        }
        return calls.stream()
                .map(call -> run(redis, call.keys(), call.arguments()))
                .toList();
    }

    // a callback that sends ahead has to return null
    @SuppressWarnings({"unchecked", "rawtypes", "NullAway"})
    private List<List<Object>> pipelined(StringRedisTemplate redis, List<Call> calls) {
        return (List) redis.executePipelined((RedisCallback<Object>) connection -> {
            for (Call call : calls) {
                byte[][] words = Stream.concat(call.keys().stream(), call.arguments().stream())
                        .map(word -> word.getBytes(StandardCharsets.UTF_8))
                        .toArray(byte[][]::new);
                connection
                        .scriptingCommands()
                        .evalSha(script.getSha1(), ReturnType.MULTI, call.keys().size(), words);
            }
            return null;
        });
    }

    static List<String> keys(ServiceName service) {
        return List.of(
                key(service, "meta"),
                key(service, "instances"),
                key(service, "leases"),
                key(service, "changes"),
                key(service, "own"),
                key(service, "overrides"));
    }

    /** One hash tag per service: all its keys live on one node of a cluster. */
    static String key(ServiceName service, String part) {
        return "moa:{" + service.value() + "}:" + part;
    }

    private static String read(String name) {
        try (InputStream in = CatalogScript.class.getResourceAsStream(name + ".lua")) {
            if (in == null) {
                throw new IllegalStateException("%s.lua: absent (expected: beside this class)".formatted(name));
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
