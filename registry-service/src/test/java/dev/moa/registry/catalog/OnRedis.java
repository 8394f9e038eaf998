package dev.moa.registry.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.RegistryMetrics;
import dev.moa.registry.store.RedisStore;
import dev.moa.testkit.redis.RedisProcess;
import io.lettuce.core.RedisClient;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/** A real Redis of its own, emptied before each test, and the catalog on it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OnRedis {
    static final ServiceName USER = ServiceName.of("/service/user");
    static final Duration LOOK_AGE = Duration.ofSeconds(2);
    static final LossRule RULE = new LossRule(0.5, 3, LossRule.Elsewhere.NO);

    RedisProcess process;
    LettuceConnectionFactory connections;
    StringRedisTemplate redis;
    RedisStore store;
    ServiceIndex index;
    RedisCatalog catalog;

    abstract Path binary();

    @BeforeAll
    void startRedis(@TempDir Path data) {
        process = new RedisProcess(binary(), data).start();
        connections = new LettuceConnectionFactory("127.0.0.1", process.port());
        connections.afterPropertiesSet();
        connections.start();
        redis = new StringRedisTemplate(connections);
    }

    @AfterAll
    void stopRedis() {
        connections.destroy();
        process.close();
    }

    @BeforeEach
    void emptyRedis() {
        empty();
        RegistryMetrics metrics = new RegistryMetrics(new SimpleMeterRegistry());
        CatalogProperties limits = new CatalogProperties(100, 1000, 1000, 1000, 1000, Duration.ofSeconds(30));
        store = new RedisStore(redis, metrics, Duration.ofSeconds(3));
        index = new ServiceIndex(store, limits.maxServices());
        catalog = new RedisCatalog(store, index, limits, metrics);
    }

    void empty() {
        try (var connection = connections.getConnection()) {
            connection.serverCommands().flushAll();
        }
    }

    static Registration registration(String unique, int port, int ttlSeconds) {
        return registration(USER, unique, port, ttlSeconds);
    }

    static Registration registration(ServiceName service, String unique, int port, int ttlSeconds) {
        String prefix = InstanceId.create(service).value();
        InstanceId id = InstanceId.parse(prefix.substring(0, prefix.indexOf('.') + 1) + unique);
        return new Registration(
                id,
                service,
                "127.0.0.1",
                port,
                new TreeSet<>(List.of("moa", "http")),
                100,
                null,
                "1.0",
                new TreeMap<>(),
                new TreeMap<>(Map.of("a", "ä \"quoted\" { } %s")),
                null,
                InstanceStatus.UP,
                ttlSeconds);
    }

    static InstancePatch draining() {
        return new InstancePatch(InstanceStatus.DRAINING, null, null, null, null, null);
    }

    static Lease lease(Registered registered) {
        return new Lease(InstanceId.parse(registered.id()), registered.incarnation());
    }

    /** What is heard on the wake-up channel. */
    final class Wakes implements AutoCloseable {
        private final RedisClient client = RedisClient.create(process.url());
        private final Queue<String> messages = new ConcurrentLinkedQueue<>();
        private final Queue<String> whole = new ConcurrentLinkedQueue<>();

        Wakes() {
            StatefulRedisPubSubConnection<String, String> connection = client.connectPubSub();
            connection.addListener(new RedisPubSubAdapter<>() {
                @Override
                public void message(String channel, String message) {
                    // what follows is the change itself
                    messages.add(String.join(" ", List.of(message.split(" ")).subList(0, 3)));
                    whole.add(message);
                }
            });
            connection.sync().subscribe("moa:wake");
        }

        List<String> whole() {
            return List.copyOf(whole);
        }

        void heard(String... expected) {
            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(() -> assertThat(messages).containsExactly(expected));
        }

        @Override
        public void close() {
            client.shutdown(0, 1, java.util.concurrent.TimeUnit.SECONDS);
        }
    }
}
