package dev.moa.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.ServiceName;
import dev.moa.router.live.LiveProperties;
import dev.moa.router.live.LiveView;
import dev.moa.router.store.RedisLink;
import dev.moa.router.store.RegistryStore;
import dev.moa.testkit.redis.RedisProcess;
import io.lettuce.core.RedisClient;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long those that an emptied store does not name are held, by a clock that the test sets. */
class HoldIT {
    private static final ServiceName USER = ServiceName.of("/service/user");
    private static final ServiceName SITE = ServiceName.of("/service/site");
    private static final Duration HOLD = Duration.ofHours(1);
    private static final LiveProperties SETTINGS =
            new LiveProperties(Duration.ofMillis(200), HOLD, Duration.ofHours(2), Duration.ofMillis(500), 1_000);

    private final AtomicLong later = new AtomicLong();

    @Test
    void timeInWhichTheStoreDoesNotAnswerDoesNotCount(@TempDir Path directory) {
        try (RedisProcess redis = new RedisProcess(directory).start();
                RedisClient client = RedisClient.create(redis.url() + "?timeout=500ms");
                RedisLink link = new RedisLink(() -> client);
                LiveView view = new LiveView(
                        new RegistryStore(link, SETTINGS.storeTimeout()),
                        SETTINGS,
                        new Moved(Clock.systemUTC(), later))) {
            RegistryLayout first = new RegistryLayout(() -> redis.commands(), "e1");
            first.register(USER, "u1", 6001, "UP");
            first.register(USER, "u2", 6002, "UP");
            view.start();
            await().until(() -> ids(view), List.of("u1", "u2")::equals);
            redis.commands().flushall();
            new RegistryLayout(() -> redis.commands(), "e2").register(USER, "u1", 6001, "UP");
            await().until(() -> ids(view), List.of("u1", "u2 held")::equals);

            redis.freeze();
            await().until(() -> view.failure() != null);
            later.addAndGet(3 * HOLD.toMillis());
            redis.thaw();
            await().until(() -> view.failure() == null);

            // holds are ended once a second
            await().during(Duration.ofMillis(1_200)).until(() -> ids(view), List.of("u1", "u2 held")::equals);
            later.addAndGet(HOLD.toMillis());
            await().until(() -> ids(view), List.of("u1")::equals);
            assertThat(view.suspected()).isEmpty();
        }
    }

    @Test
    void whoHasALongLeaseIsHeldForIt(@TempDir Path directory) {
        try (RedisProcess redis = new RedisProcess(directory).start();
                RedisClient client = RedisClient.create(redis.url() + "?timeout=500ms");
                RedisLink link = new RedisLink(() -> client);
                LiveView view = new LiveView(
                        new RegistryStore(link, SETTINGS.storeTimeout()),
                        SETTINGS,
                        new Moved(Clock.systemUTC(), later))) {
            RegistryLayout first = new RegistryLayout(() -> redis.commands(), "e1");
            first.register(USER, "u1", 6001, "UP");
            first.register(USER, "u2", 6002, "UP", "\"ttlSeconds\":5400");
            first.register(SITE, "s1", 6003, "UP");
            first.register(SITE, "s2", 6004, "UP", "\"ttlSeconds\":null");
            view.start();
            await().until(() -> ids(view), List.of("u1", "u2")::equals);
            redis.commands().flushall();
            RegistryLayout reborn = new RegistryLayout(() -> redis.commands(), "e2");
            reborn.register(USER, "u1", 6001, "UP");
            reborn.register(SITE, "s1", 6003, "UP");
            await().until(() -> ids(view), List.of("u1", "u2 held")::equals);
            await().until(() -> view.isSuspected(SITE));

            later.addAndGet(HOLD.toMillis());
            await().until(() -> !view.isSuspected(SITE));
            assertThat(ids(view)).containsExactly("u1", "u2 held");
            assertThat(view.suspicion(USER)).contains(" of 5400000");

            later.addAndGet(HOLD.toMillis() / 2);
            await().until(() -> ids(view), List.of("u1")::equals);
        }
    }

    private static List<String> ids(LiveView view) {
        return view.view(USER) == null
                ? List.of()
                : Objects.requireNonNull(view.view(USER)).instances().stream()
                        .map(instance -> instance.id() + (instance.held() ? " held" : ""))
                        .toList();
    }

    private static final class Moved extends Clock {
        private final Clock real;
        private final AtomicLong byMs;

        Moved(Clock real, AtomicLong byMs) {
            this.real = real;
            this.byMs = byMs;
        }

        @Override
        public ZoneId getZone() {
            return real.getZone();
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return new Moved(real.withZone(zone), byMs);
        }

        @Override
        public Instant instant() {
            return real.instant().plusMillis(byMs.get());
        }
    }
}
