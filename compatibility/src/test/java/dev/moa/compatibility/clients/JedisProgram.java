package dev.moa.compatibility.clients;

import static dev.moa.compatibility.clients.Cells.CALL;
import static dev.moa.compatibility.clients.Cells.GUARDED_PORT;
import static dev.moa.compatibility.clients.Cells.PORT;
import static dev.moa.compatibility.clients.Cells.RESTARTED_PORT;
import static dev.moa.compatibility.clients.Cells.TOKEN;
import static dev.moa.compatibility.clients.Cells.WHO;
import static dev.moa.compatibility.clients.Cells.cell;

import java.util.List;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.AbstractTransaction;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.Response;

/** Jedis by {@code RedisClient}, which version 8 recommends. */
final class JedisProgram {

    private JedisProgram() {}

    public static void main(String[] args) throws Exception {
        try (RedisClient client = RedisClient.create("127.0.0.1", PORT)) {
            cell("get", client.get(CALL));
            try (AbstractPipeline pipeline = client.pipelined()) {
                List<Response<String>> replies = List.of(pipeline.get(CALL), pipeline.get(CALL), pipeline.get(CALL));
                pipeline.sync();
                cell("pipeline", replies.stream().map(Response::get).toList());
            }
            try (AbstractTransaction block = client.multi()) {
                block.get(CALL);
                block.get(CALL);
                cell("multi", block.exec().stream().map(String::valueOf).toList());
            }
            cell("mget", client.mget(CALL, CALL));
        }
        cell("resp2", get(PORT, config().protocol(RedisProtocol.RESP2)));
        cell("resp3", get(PORT, config().protocol(RedisProtocol.RESP3)));
        cell("auth", get(GUARDED_PORT, config().password(TOKEN).database(2)));
        Cells.wrong(() -> get(GUARDED_PORT, config().password("wrong")));
        try (RedisClient client = RedisClient.create("127.0.0.1", RESTARTED_PORT)) {
            Cells.goOn("restart", () -> client.get(WHO));
        }
    }

    private static DefaultJedisClientConfig.Builder config() {
        return DefaultJedisClientConfig.builder();
    }

    private static String get(int port, DefaultJedisClientConfig.Builder config) {
        try (RedisClient client = RedisClient.builder()
                .hostAndPort("127.0.0.1", port)
                .clientConfig(config.build())
                .build()) {
            return client.get(CALL);
        }
    }
}
