package dev.moa.compatibility.clients;

import static dev.moa.compatibility.clients.Cells.CALL;
import static dev.moa.compatibility.clients.Cells.GUARDED_PORT;
import static dev.moa.compatibility.clients.Cells.MOVING_PORT;
import static dev.moa.compatibility.clients.Cells.PORT;
import static dev.moa.compatibility.clients.Cells.RESTARTED_PORT;
import static dev.moa.compatibility.clients.Cells.TOKEN;
import static dev.moa.compatibility.clients.Cells.WHO;
import static dev.moa.compatibility.clients.Cells.cell;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.RedisOperations;
import org.springframework.data.redis.core.SessionCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Spring Data Redis on Lettuce, both as Spring Boot brings them. */
final class SpringDataProgram {

    private SpringDataProgram() {}

    public static void main(String[] args) throws Exception {
        StringRedisTemplate redis = template(PORT, null);
        cell("get", get(redis, CALL));
        byte[] call = CALL.getBytes(StandardCharsets.UTF_8);
        List<Object> replies = redis.executePipelined((RedisCallback<Object>) connection -> {
            for (int i = 0; i < 3; i++) {
                connection.stringCommands().get(call);
            }
            return null;
        });
        cell("pipeline", replies.stream().map(String::valueOf).toList());
        List<Object> block = redis.execute(new SessionCallback<List<Object>>() {
            @Override
            @SuppressWarnings("unchecked")
            public <K, V> List<Object> execute(RedisOperations<K, V> operations) {
                RedisOperations<String, String> strings = (RedisOperations<String, String>) operations;
                strings.multi();
                strings.opsForValue().get(CALL);
                strings.opsForValue().get(CALL);
                return strings.exec();
            }
        });
        cell("multi", block.stream().map(String::valueOf).toList());
        cell("mget", redis.opsForValue().multiGet(List.of(CALL, CALL)));
        cell("auth", get(template(GUARDED_PORT, TOKEN), CALL));
        Cells.wrong(() -> get(template(GUARDED_PORT, "wrong"), CALL));
        StringRedisTemplate restarted = template(RESTARTED_PORT, null);
        Cells.goOn("restart", () -> get(restarted, WHO));
        StringRedisTemplate moving = template(MOVING_PORT, null);
        Cells.goOn("moving", () -> get(moving, WHO));
        System.exit(0);
    }

    private static String get(StringRedisTemplate redis, String call) {
        return String.valueOf(redis.opsForValue().get(call));
    }

    private static StringRedisTemplate template(int port, String password) {
        RedisStandaloneConfiguration server = new RedisStandaloneConfiguration("127.0.0.1", port);
        if (password != null) {
            server.setPassword(password);
            server.setDatabase(2);
        }
        LettuceConnectionFactory factory = new LettuceConnectionFactory(server);
        factory.afterPropertiesSet();
        factory.start();
        return new StringRedisTemplate(factory);
    }
}
