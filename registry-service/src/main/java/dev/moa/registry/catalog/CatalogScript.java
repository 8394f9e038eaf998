package dev.moa.registry.catalog;

import dev.moa.protocol.ServiceName;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.cluster.api.async.RedisAdvancedClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
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

    /** What one of many runs was answered: either is there. */
    record Outcome(@Nullable List<Object> answer, @Nullable DataAccessException failure) {

        /** Returns whether Redis did not know the script. */
        boolean isOfNoScript() {
            return failure != null && failure.getCause() instanceof RedisNoScriptException;
        }
    }

    /**
     * Runs the script for several services, all sent in one write before the first answer is waited for. Each is answered
     * or fails by itself. Where Redis does not know the script yet, it is sent again with its text.
     */
    List<Outcome> runAll(StringRedisTemplate redis, List<Call> calls) {
        List<Outcome> outcomes = Objects.requireNonNull(
                redis.execute((RedisCallback<List<Outcome>>) connection -> sendAhead(connection, calls)));
        return known(redis, calls, outcomes);
    }

    /** Returns the outcomes, with those in place of which Redis did not know the script. */
    List<Outcome> known(StringRedisTemplate redis, List<Call> calls, List<Outcome> outcomes) {
        List<Outcome> known = new ArrayList<>(outcomes);
        for (int i = 0; i < calls.size(); i++) {
            if (known.get(i).isOfNoScript()) {
                known.set(i, runAgain(redis, calls.get(i)));
            }
        }
        return known;
    }

    /**
     * Sends the script for several services in one write, and waits for nothing. Each is answered or fails by itself; where
     * Redis does not know the script yet, that is the failure.
     */
    CompletableFuture<List<Outcome>> send(StatefulConnection<byte[], byte[]> redis, List<Call> calls) {
        List<AsyncCommand<byte[], byte[], List<Object>>> commands = commands(calls);
        try {
            redis.dispatch(commands);
        } catch (RedisException full) {
            return CompletableFuture.failedFuture(known(full));
        }
        return CompletableFuture.allOf(commands.toArray(CompletableFuture<?>[]::new))
                .handle((all, failure) -> outcomes(commands, System.nanoTime()));
    }

    private Outcome runAgain(StringRedisTemplate redis, Call call) {
        try {
            return new Outcome(run(redis, call.keys(), call.arguments()), null);
        } catch (DataAccessException failure) {
            return new Outcome(null, failure);
        }
    }

    // Spring's own pipeline would open a connection for each, and write each command by itself
    private List<Outcome> sendAhead(RedisConnection connection, List<Call> calls) {
        List<AsyncCommand<byte[], byte[], List<Object>>> commands = commands(calls);
        StatefulConnection<byte[], byte[]> redis = stateful(connection.getNativeConnection());
        long until = System.nanoTime() + redis.getTimeout().toNanos();
        try {
            redis.dispatch(commands);
        } catch (RedisException full) {
            throw known(full);
        }
        if (!commands.isEmpty()) {
            // answers come in order: this thread is woken once, not for each
            outcome(commands.get(commands.size() - 1), until);
        }
        return outcomes(commands, until);
    }

    private List<AsyncCommand<byte[], byte[], List<Object>>> commands(List<Call> calls) {
        List<AsyncCommand<byte[], byte[], List<Object>>> commands = new ArrayList<>(calls.size());
        calls.forEach(call -> commands.add(command(call)));
        return commands;
    }

    private static List<Outcome> outcomes(List<AsyncCommand<byte[], byte[], List<Object>>> commands, long until) {
        List<Outcome> outcomes = new ArrayList<>(commands.size());
        commands.forEach(command -> outcomes.add(outcome(command, until)));
        return outcomes;
    }

    private static Outcome outcome(AsyncCommand<byte[], byte[], List<Object>> command, long until) {
        try {
            List<Object> answer = command.get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
            return new Outcome(decoded(answer), null);
        } catch (ExecutionException failed) {
            return new Outcome(null, known(failed.getCause()));
        } catch (TimeoutException | CancellationException late) {
            command.cancel(true);
            return new Outcome(null, new QueryTimeoutException("no answer in time", late));
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            command.cancel(true);
            return new Outcome(null, new QueryTimeoutException("stopping", stopping));
        }
    }

    private static DataAccessException known(@Nullable Throwable failure) {
        DataAccessException known = failure instanceof Exception exception ? ERRORS.convert(exception) : null;
        return known == null ? new RedisSystemException(String.valueOf(failure), failure) : known;
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
        ScriptWords words = new ScriptWords()
                .word(script.getSha1())
                .word(String.valueOf(call.keys().size()));
        call.keys().forEach(words::key);
        call.arguments().forEach(words::word);
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
