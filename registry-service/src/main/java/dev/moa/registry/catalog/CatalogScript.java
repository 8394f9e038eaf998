package dev.moa.registry.catalog;

import dev.moa.protocol.ServiceName;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.cluster.api.async.RedisAdvancedClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceExceptionConverter;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

/** The scripts, each as it is sent to Redis, and the keys they touch. */
enum CatalogScript {
    REGISTER(true),
    RENEW(false),
    RELEASE(true),
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

    private static final LettuceExceptionConverter ERRORS = new LettuceExceptionConverter();

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
     * Runs the script for several services, all sent in one write before the first answer is waited for. A Redis that
     * does not know the script yet is sent them one after another.
     */
    List<List<Object>> runAll(StringRedisTemplate redis, List<Call> calls) {
        try {
            return Objects.requireNonNull(
                    redis.execute((RedisCallback<List<List<Object>>>) connection -> sendAhead(connection, calls)));
        } catch (RedisNoScriptException unknown) {
            return calls.stream()
                    .map(call -> run(redis, call.keys(), call.arguments()))
                    .toList();
        }
    }

    // Spring's own pipeline would open a connection for each, and write each command by itself
    private List<List<Object>> sendAhead(RedisConnection connection, List<Call> calls) {
        List<AsyncCommand<byte[], byte[], List<Object>>> commands = new ArrayList<>(calls.size());
        calls.forEach(call -> commands.add(command(call)));
        try {
            StatefulConnection<byte[], byte[]> redis = stateful(connection.getNativeConnection());
            redis.dispatch(commands);
            LettuceFutures.awaitAll(redis.getTimeout(), commands.toArray(Future[]::new));
            List<List<Object>> answers = new ArrayList<>(calls.size());
            for (AsyncCommand<byte[], byte[], List<Object>> command : commands) {
                answers.add(decoded(LettuceFutures.awaitOrCancel(command, 1, TimeUnit.MILLISECONDS)));
            }
            return answers;
        } catch (RedisNoScriptException unknown) {
            throw unknown;
        } catch (RedisException failure) {
            DataAccessException known = ERRORS.convert(failure);
            throw known == null ? failure : known;
        }
    }

    // the connection's codec leaves bytes as they are; run() answers strings
    private static List<Object> decoded(List<?> answer) {
        List<Object> decoded = new ArrayList<>(answer.size());
        for (Object each : answer) {
            if (each instanceof byte[] bytes) {
                decoded.add(new String(bytes, StandardCharsets.UTF_8));
            } else {
                decoded.add(each instanceof List<?> list ? decoded(list) : each);
            }
        }
        return decoded;
    }

    private AsyncCommand<byte[], byte[], List<Object>> command(Call call) {
        CommandArgs<byte[], byte[]> words = new CommandArgs<>(ByteArrayCodec.INSTANCE)
                .add(script.getSha1())
                .add(call.keys().size());
        call.keys().forEach(key -> words.addKey(key.getBytes(StandardCharsets.UTF_8)));
        call.arguments().forEach(argument -> words.addValue(argument.getBytes(StandardCharsets.UTF_8)));
        return new AsyncCommand<>(
                new Command<>(CommandType.EVALSHA, new NestedMultiOutput<>(ByteArrayCodec.INSTANCE), words));
    }

    @SuppressWarnings("unchecked")
    private static StatefulConnection<byte[], byte[]> stateful(Object commands) {
        if (commands instanceof RedisAsyncCommands<?, ?> one) {
            return ((RedisAsyncCommands<byte[], byte[]>) one).getStatefulConnection();
        }
        return ((RedisAdvancedClusterAsyncCommands<byte[], byte[]>) commands).getStatefulConnection();
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
