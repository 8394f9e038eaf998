package dev.moa.compatibility.clients;

import static dev.moa.compatibility.clients.Cells.CALL;
import static dev.moa.compatibility.clients.Cells.GUARDED_PORT;
import static dev.moa.compatibility.clients.Cells.PORT;
import static dev.moa.compatibility.clients.Cells.RESTARTED_PORT;
import static dev.moa.compatibility.clients.Cells.TOKEN;
import static dev.moa.compatibility.clients.Cells.WHO;
import static dev.moa.compatibility.clients.Cells.cell;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.redisson.Redisson;
import org.redisson.api.BatchOptions;
import org.redisson.api.BatchOptions.ExecutionMode;
import org.redisson.api.RBatch;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;
import org.redisson.config.Protocol;
import org.redisson.config.SingleServerConfig;

/** Redisson with the codec that leaves strings as they are; its own would decode the reply as Java objects. */
final class RedissonProgram {

    private RedissonProgram() {}

    public static void main(String[] args) throws Exception {
        RedissonClient client = Redisson.create(config(PORT));
        cell("get", get(client, CALL));
        RBatch batch = client.createBatch();
        for (int i = 0; i < 3; i++) {
            batch.<String>getBucket(CALL, StringCodec.INSTANCE).getAsync();
        }
        cell(
                "pipeline",
                batch.execute().getResponses().stream().map(String::valueOf).toList());
        RBatch block = client.createBatch(BatchOptions.defaults().executionMode(ExecutionMode.REDIS_WRITE_ATOMIC));
        block.<String>getBucket(CALL, StringCodec.INSTANCE).getAsync();
        block.<String>getBucket(CALL, StringCodec.INSTANCE).getAsync();
        cell(
                "multi",
                block.execute().getResponses().stream().map(String::valueOf).toList());
        // its MGET returns a map by key: the same call, written in two ways
        String again = CALL + " ";
        Map<String, String> both = client.getBuckets(StringCodec.INSTANCE).get(CALL, again);
        cell("mget", List.of(both.get(CALL), both.get(again)));
        for (Protocol protocol : List.of(Protocol.RESP2, Protocol.RESP3)) {
            Config told = config(PORT);
            told.setProtocol(protocol);
            cell(protocol.name().toLowerCase(Locale.ROOT), get(Redisson.create(told), CALL));
        }
        Config guarded = config(GUARDED_PORT);
        guarded.useSingleServer().setPassword(TOKEN).setDatabase(2);
        cell("auth", get(Redisson.create(guarded), CALL));
        Config wrong = config(GUARDED_PORT);
        wrong.useSingleServer().setPassword("wrong");
        Cells.wrong(() -> get(Redisson.create(wrong), CALL));
        RedissonClient restarted = Redisson.create(config(RESTARTED_PORT));
        Cells.goOn("restart", () -> get(restarted, WHO));
        System.exit(0);
    }

    private static Config config(int port) {
        Config config = new Config();
        SingleServerConfig server = config.useSingleServer();
        server.setAddress("redis://127.0.0.1:" + port);
        return config;
    }

    private static String get(RedissonClient client, String call) {
        return client.<String>getBucket(call, StringCodec.INSTANCE).get();
    }
}
