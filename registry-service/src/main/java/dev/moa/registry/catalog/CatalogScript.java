package dev.moa.registry.catalog;

import dev.moa.protocol.ServiceName;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
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
