package dev.moa.compatibility.clients;

import static dev.moa.compatibility.clients.Cells.CALL;
import static dev.moa.compatibility.clients.Cells.GUARDED_PORT;
import static dev.moa.compatibility.clients.Cells.MOVING_PORT;
import static dev.moa.compatibility.clients.Cells.PORT;
import static dev.moa.compatibility.clients.Cells.RESTARTED_PORT;
import static dev.moa.compatibility.clients.Cells.TOKEN;
import static dev.moa.compatibility.clients.Cells.WHO;
import static dev.moa.compatibility.clients.Cells.cell;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.protocol.ProtocolVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Lettuce, one connection for all that is sent; any argument: in a version that follows MOVING. */
final class LettuceProgram {

    private LettuceProgram() {}

    public static void main(String[] args) throws Exception {
        RedisClient client = RedisClient.create();
        StatefulRedisConnection<String, String> connection = client.connect(uri(PORT));
        cell("get", connection.sync().get(CALL));
        RedisAsyncCommands<String, String> async = connection.async();
        List<RedisFuture<String>> replies = List.of(async.get(CALL), async.get(CALL), async.get(CALL));
        List<String> values = new ArrayList<>();
        for (RedisFuture<String> reply : replies) {
            values.add(reply.get(5, TimeUnit.SECONDS));
        }
        cell("pipeline", values);
        connection.sync().multi();
        connection.sync().get(CALL);
        connection.sync().get(CALL);
        cell("multi", connection.sync().exec().stream().map(String::valueOf).toList());
        cell(
                "mget",
                connection.sync().mget(CALL, CALL).stream()
                        .map(KeyValue::getValue)
                        .toList());
        for (ProtocolVersion version : List.of(ProtocolVersion.RESP2, ProtocolVersion.RESP3)) {
            RedisClient told = RedisClient.create(uri(PORT));
            told.setOptions(ClientOptions.builder().protocolVersion(version).build());
            cell(version.name().toLowerCase(Locale.ROOT), told.connect().sync().get(CALL));
        }
        RedisURI guarded = RedisURI.builder(uri(GUARDED_PORT))
                .withPassword(TOKEN.toCharArray())
                .withDatabase(2)
                .build();
        cell("auth", client.connect(guarded).sync().get(CALL));
        RedisURI wrong = RedisURI.builder(uri(GUARDED_PORT))
                .withPassword("wrong".toCharArray())
                .build();
        Cells.wrong(() -> client.connect(wrong).sync().get(CALL));
        StatefulRedisConnection<String, String> restarted = client.connect(uri(RESTARTED_PORT));
        Cells.goOn("restart", () -> restarted.sync().get(WHO));
        if (args.length > 0) {
            StatefulRedisConnection<String, String> moving = client.connect(uri(MOVING_PORT));
            Cells.goOn("moving", () -> moving.sync().get(WHO));
        }
        System.exit(0);
    }

    private static RedisURI uri(int port) {
        return RedisURI.create("127.0.0.1", port);
    }
}
