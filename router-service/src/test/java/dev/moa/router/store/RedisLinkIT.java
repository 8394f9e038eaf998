package dev.moa.router.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import dev.moa.testkit.redis.RedisProcess;
import dev.moa.testkit.redis.SilentRelay;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisLinkIT {
    private static final Duration PATIENCE = Duration.ofMillis(300);

    @Test
    void connectionThatFellSilentIsDroppedAndTheNextCommandOpensAnother(@TempDir Path directory) {
        try (RedisProcess redis = new RedisProcess(directory).start();
                SilentRelay relay = new SilentRelay(redis.port());
                RedisClient client = RedisClient.create("redis://127.0.0.1:" + relay.port());
                RedisLink link = new RedisLink(() -> client)) {
            String before = link.await(link.commands().ping(), PATIENCE);

            relay.silenceWhatIsOpen();
            assertThatThrownBy(() -> link.await(link.commands().ping(), PATIENCE))
                    .isInstanceOf(StoreException.class)
                    .hasMessage("Redis did not answer within 300 ms");
            String after = link.await(link.commands().ping(), Duration.ofSeconds(5));

            assertThat(List.of(before, after)).containsOnly("PONG");
            await().untilAsserted(() -> assertThat(relay.ended()).isEqualTo(1));
        }
    }

    @Test
    void oneLateAnswerBesideOthersKeepsTheConnection(@TempDir Path directory) throws Exception {
        try (RedisProcess redis = new RedisProcess(directory).start();
                SilentRelay relay = new SilentRelay(redis.port());
                RedisClient client = RedisClient.create("redis://127.0.0.1:" + relay.port());
                RedisLink link = new RedisLink(() -> client)) {
            link.await(link.commands().ping(), PATIENCE);

            CompletableFuture<String> never = new CompletableFuture<>();
            CompletableFuture<Void> waiting =
                    CompletableFuture.runAsync(() -> assertThatThrownBy(() -> link.await(never, Duration.ofSeconds(1)))
                            .isInstanceOf(StoreException.class));
            while (!waiting.isDone()) {
                link.await(link.commands().ping(), Duration.ofSeconds(5));
            }
            waiting.get();

            assertThat(relay.connections()).isEqualTo(1);
        }
    }

    @Test
    void connectionThatFellSilentIsReplacedWithoutAnotherCommand(@TempDir Path directory) {
        try (RedisProcess redis = new RedisProcess(directory).start();
                SilentRelay relay = new SilentRelay(redis.port());
                RedisClient client = RedisClient.create("redis://127.0.0.1:" + relay.port());
                RedisLink link = new RedisLink(() -> client)) {
            AtomicInteger reopened = new AtomicInteger();
            link.onReopened(reopened::incrementAndGet);
            link.await(link.commands().ping(), PATIENCE);

            relay.silenceWhatIsOpen();
            assertThatThrownBy(() -> link.await(link.commands().ping(), PATIENCE))
                    .isInstanceOf(StoreException.class);

            await().untilAtomic(reopened, equalTo(1));
            assertThat(relay.connections()).isEqualTo(2);
        }
    }

    @Test
    void redisThatComesLaterIsFoundWithoutAnotherCommand(@TempDir Path directory) {
        try (RedisProcess redis = new RedisProcess(directory);
                RedisClient client = RedisClient.create(redis.url());
                RedisLink link = new RedisLink(() -> client)) {
            AtomicInteger reopened = new AtomicInteger();
            link.onReopened(reopened::incrementAndGet);
            assertThatThrownBy(link::commands)
                    .isInstanceOf(StoreException.class)
                    .hasMessageStartingWith("Redis does not answer: ");

            redis.start();

            await().untilAtomic(reopened, equalTo(1));
            assertThat(link.await(link.commands().ping(), PATIENCE)).isEqualTo("PONG");
        }
    }

    @Test
    void connectionThatRedisClosedIsToldOfWhenTheClientHasMadeItAgain(@TempDir Path directory) {
        try (RedisProcess redis = new RedisProcess(directory).start();
                RedisClient client = RedisClient.create(redis.url());
                RedisLink link = new RedisLink(() -> client)) {
            AtomicInteger reopened = new AtomicInteger();
            link.onReopened(reopened::incrementAndGet);
            link.await(link.commands().ping(), PATIENCE);

            redis.commands().clientKill(KillArgs.Builder.typeNormal().skipme(true));

            await().untilAtomic(reopened, equalTo(1));
        }
    }
}
