package dev.moa.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.ServiceName;
import dev.moa.router.address.ServiceView;
import dev.moa.router.live.LiveView;
import dev.moa.router.peers.Digests;
import dev.moa.testkit.redis.RedisProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a router keeps for an instance, with ten of them in a service, as {@code ./moa bench leases} has them. */
class FootprintIT {
    private static final int INSTANCES_EACH = 10;
    private static final long MOST_BYTES = 270;

    @TempDir
    Path directory;

    @Test
    void anInstanceIsInMemoryOnceHoweverOftenItIsRead() {
        try (RedisProcess redis = new RedisProcess(directory).start();
                RunningRouter router = RunningRouter.start(
                        redis.url(), directory.resolve("snapshots"), "--moa.router.live.compare-interval=10m")) {
            RegistryLayout registry = new RegistryLayout(redis::commands, "birth-mark-of-32-characters-long");
            LiveView live = router.bean(LiveView.class);

            long before = fill(registry, live, router, 1_000, 1_020);
            long after = fill(registry, live, router, 2_000, 2_100);

            assertThat((after - before) / (100 * INSTANCES_EACH)).isBetween(150L, MOST_BYTES);
        }
    }

    /** Returns the bytes that the router holds when it has read these services, each of them again, too. */
    private static long fill(RegistryLayout registry, LiveView live, RunningRouter router, int from, int to) {
        List<ServiceName> services = IntStream.range(from, to)
                .mapToObj(i -> ServiceName.of("/service/bench/s" + i))
                .toList();
        services.forEach(service -> {
            for (int i = 0; i < INSTANCES_EACH; i++) {
                String host = "\"host\":\"10.0.%d.1\"".formatted(i);
                String more = ",\"version\":\"1.4.2\",\"tags\":{\"lane\":\"blue\"},\"metadata\":{\"rack\":\"r%d\"}";
                String id = "an-id-of-44-characters-in-all-%s"
                                .formatted(service.value().substring(8)) + "-" + i;
                registry.register(service, id, 7_000 + i, "UP", host + more.formatted(i));
            }
        });
        await().atMost(Duration.ofSeconds(10))
                .until(() -> services.stream().allMatch(each -> size(live.view(each)) == INSTANCES_EACH));
        // each of them reads 20 whole
        for (int i = 0; i < 8; i++) {
            long compared = live.comparedAtMs();
            live.compareSoon();
            await().pollInterval(Duration.ofMillis(1)).until(() -> live.comparedAtMs() > compared);
        }
        // what routers tell each other of their answers
        assertThat(router.bean(Digests.class).all()).hasSizeGreaterThanOrEqualTo(services.size());
        return Footprint.bytes(router.beans());
    }

    private static int size(@Nullable ServiceView view) {
        return view == null ? 0 : view.instances().size();
    }
}
