package dev.moa.compatibility.clients;

import static dev.moa.compatibility.clients.Cells.CALL;
import static dev.moa.compatibility.clients.Cells.GUARDED_PORT;
import static dev.moa.compatibility.clients.Cells.PORT;
import static dev.moa.compatibility.clients.Cells.RESTARTED_PORT;
import static dev.moa.compatibility.clients.Cells.TOKEN;
import static dev.moa.compatibility.clients.Cells.WHO;
import static dev.moa.compatibility.clients.Cells.cell;

import java.util.List;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.JedisPool;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.Response;
import redis.clients.jedis.Transaction;

/** Jedis by its pool, as every version has it. */
final class JedisPoolProgram {

    private JedisPoolProgram() {}

    public static void main(String[] args) throws Exception {
        try (JedisPool pool = new JedisPool("127.0.0.1", PORT);
                Jedis jedis = pool.getResource()) {
            cell("get", jedis.get(CALL));
            Pipeline pipeline = jedis.pipelined();
            List<Response<String>> replies = List.of(pipeline.get(CALL), pipeline.get(CALL), pipeline.get(CALL));
            pipeline.sync();
            cell("pipeline", replies.stream().map(Response::get).toList());
            Transaction block = jedis.multi();
            block.get(CALL);
            block.get(CALL);
            cell("multi", block.exec().stream().map(String::valueOf).toList());
            cell("mget", jedis.mget(CALL, CALL));
        }
        cell("resp2", get(PORT, config().protocol(RedisProtocol.RESP2)));
        cell("resp3", get(PORT, config().protocol(RedisProtocol.RESP3)));
        cell("auth", get(GUARDED_PORT, config().password(TOKEN).database(2)));
        Cells.wrong(() -> get(GUARDED_PORT, config().password("wrong")));
        try (JedisPool pool = new JedisPool("127.0.0.1", RESTARTED_PORT)) {
            Cells.goOn("restart", () -> {
                try (Jedis jedis = pool.getResource()) {
                    return jedis.get(WHO);
                }
            });
        }
    }

    private static DefaultJedisClientConfig.Builder config() {
        return DefaultJedisClientConfig.builder();
    }

    private static String get(int port, DefaultJedisClientConfig.Builder config) {
        JedisClientConfig built = config.build();
        try (JedisPool pool = new JedisPool(new HostAndPort("127.0.0.1", port), built);
                Jedis jedis = pool.getResource()) {
            return jedis.get(CALL);
        }
    }
}
