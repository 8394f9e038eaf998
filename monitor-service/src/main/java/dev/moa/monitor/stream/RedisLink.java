package dev.moa.monitor.stream;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One connection to Redis (alone, behind Sentinel, or a Cluster), opened by {@link #connect} and kept from then
 * on by the client, which reconnects by itself. The client stays its maker's.
 */
final class RedisLink implements AutoCloseable {
    private static final RedisCodec<String, byte[]> CODEC = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

    private final Supplier<AbstractRedisClient> client;
    private @Nullable StatefulConnection<String, byte[]> connection;
    private volatile @Nullable RedisClusterAsyncCommands<String, byte[]> commands;
    private boolean closed;

    RedisLink(Supplier<AbstractRedisClient> client) {
        this.client = client;
    }

    /** Returns the commands of the open connection, or opens it; blocks for the connect timeout at most. */
    synchronized RedisClusterAsyncCommands<String, byte[]> connect() {
        RedisClusterAsyncCommands<String, byte[]> open = commands;
        if (open != null) {
            return open;
        }
        if (closed) {
            throw new StreamException("closed");
        }
        AbstractRedisClient redis = client.get();
        if (redis instanceof RedisClusterClient cluster) {
            var opened = cluster.connect(CODEC);
            connection = opened;
            open = opened.async();
        } else {
            var opened = ((RedisClient) redis).connect(CODEC);
            connection = opened;
            open = opened.async();
        }
        commands = open;
        return open;
    }

    /** Returns the commands if the connection was ever opened; never blocks. */
    @Nullable
    RedisClusterAsyncCommands<String, byte[]> commands() {
        return commands;
    }

    @Override
    public synchronized void close() {
        closed = true;
        commands = null;
        StatefulConnection<String, byte[]> open = connection;
        connection = null;
        if (open != null) {
            open.closeAsync();
        }
    }
}
