package dev.moa.testkit.redis;

import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/** A Sentinel that watches one primary, alone: it takes half a second of silence for its end. */
public final class SentinelProcess implements AutoCloseable {
    /** What it calls the primary. */
    public static final String MASTER = "registry";

    private static final Duration LIMIT = Duration.ofSeconds(15);

    private final RedisProcess process;

    /** Starts it and waits until it knows the primary's {@code replicas}, which must be there. */
    public SentinelProcess(Path directory, RedisProcess primary, int replicas) {
        process = new RedisProcess(directory);
        try {
            Files.createDirectories(directory);
            Path file = directory.resolve("sentinel.conf");
            Files.writeString(file, """
                port %d
                bind 127.0.0.1
                dir %s
                sentinel monitor %4$s 127.0.0.1 %3$d 1
                sentinel down-after-milliseconds %4$s 500
                sentinel failover-timeout %4$s 2000
                """.formatted(process.port(), directory, primary.port(), MASTER));
            process.startSentinel(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Awaitility.await().atMost(LIMIT).until(() -> replicas() == replicas);
    }

    /** Returns its address, as {@code host:port}. */
    public String address() {
        return "127.0.0.1:" + process.port();
    }

    /** Returns the port of the one that it takes for the primary. */
    public int primaryPort() {
        return Integer.parseInt(ask("get-master-addr-by-name").get(1).toString());
    }

    private int replicas() {
        return ask("replicas").size();
    }

    private List<Object> ask(String question) {
        return process.commands()
                .dispatch(
                        CommandType.SENTINEL,
                        new NestedMultiOutput<>(StringCodec.UTF8),
                        new CommandArgs<>(StringCodec.UTF8).add(question).add(MASTER));
    }

    @Override
    public void close() {
        process.close();
    }
}
