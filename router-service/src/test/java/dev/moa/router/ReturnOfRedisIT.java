package dev.moa.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.ServiceName;
import dev.moa.router.address.ServiceView;
import dev.moa.router.live.LiveView;
import dev.moa.testkit.redis.RedisProcess;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.api.sync.RedisCommands;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * What a router reads when a Redis that lost everything fills again. All is compared at the start and then hardly ever,
 * so that what the tests wait for comes from a wake-up, or from nothing.
 */
@ExtendWith(OutputCaptureExtension.class)
class ReturnOfRedisIT {
    private static final ServiceName USER = ServiceName.of("/service/user");
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    Path directory;

    private RedisProcess redis;
    private RegistryLayout first;
    private RegistryLayout second;
    private final List<AutoCloseable> others = new ArrayList<>();

    @BeforeEach
    void startRedis() {
        redis = new RedisProcess(directory).start();
        first = new RegistryLayout(() -> redis.commands(), "e1");
        second = new RegistryLayout(() -> redis.commands(), "e2");
    }

    @AfterEach
    void stopAll() throws Exception {
        for (AutoCloseable other : others) {
            other.close();
        }
        redis.close();
    }

    private RunningRouter router(String... more) {
        List<String> settings = new ArrayList<>(List.of(
                "--moa.router.live.compare-interval=10m",
                "--moa.router.live.hold=10m",
                "--moa.router.live.max-hold=1h"));
        settings.addAll(List.of(more));
        RunningRouter router =
                RunningRouter.start(redis.url(), directory.resolve("snapshots"), settings.toArray(String[]::new));
        others.add(router);
        return router;
    }

    private static List<String> ids(RunningRouter router, ServiceName service) {
        List<String> ids = new ArrayList<>();
        router.lookup(service)
                .json()
                .path("instances")
                .forEach(instance -> ids.add(
                        instance.path("id").asString() + (instance.path("held").asBoolean() ? " held" : "")));
        return ids;
    }

    private static String source(RunningRouter router, ServiceName service) {
        return router.lookup(service).json().path("source").asString();
    }

    @Test
    void aReturnWhoseWakeUpsWereAllMissedIsSeenByTheNextComparison() {
        // more than a comparison reads whole although nothing differs
        List<ServiceName> services = IntStream.range(10, 40)
                .mapToObj(i -> ServiceName.of("/service/s" + i))
                .toList();
        LiveView view = router().bean(LiveView.class);
        await().until(() -> redis.commands().pubsubNumsub("moa:wake").get("moa:wake") == 1);
        services.forEach(each -> first.register(each, "a", 6001, "UP"));
        await().atMost(SOON).until(() -> view.counters().getOrDefault("wakes", 0L) == services.size());
        await().atMost(SOON).until(() -> epochs(view, services), Set.of("e1")::equals);

        redis.commands().flushall();
        services.forEach(each -> second.silent().register(each, "a", 6001, "UP"));
        view.compareSoon();

        await().atMost(SOON).until(() -> epochs(view, services), Set.of("e2")::equals);
    }

    private static Set<String> epochs(LiveView view, List<ServiceName> services) {
        return services.stream()
                .map(view::view)
                .map(each -> each == null ? "none" : each.state().epoch())
                .collect(Collectors.toSet());
    }

    @Test
    void whoLeftIsNotHeldHoweverMuchHadChangedBefore() {
        first.register(USER, "u1", 6001, "UP");
        first.register(USER, "u2", 6002, "UP");
        first.register(USER, "u3", 6003, "UP");
        RunningRouter router = router();
        await().until(() -> ids(router, USER), List.of("u1", "u2", "u3")::equals);
        redis.commands().flushall();

        for (int i = 0; i < 250; i++) {
            second.register(USER, "u1", 6001, i % 2 == 0 ? "DRAINING" : "UP");
        }
        second.register(USER, "u2", 6002, "UP");
        second.remove(USER, "u2", "graceful");

        await().atMost(SOON).until(() -> ids(router, USER), List.of("u1", "u3 held")::equals);
    }

    @Test
    void aWakeUpReadsTheStreamOfItsServiceAndOfNoOther() {
        List<ServiceName> services = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ServiceName service = ServiceName.of("/service/s" + i);
            services.add(service);
            first.register(service, "a", 6001, "UP");
            first.register(service, "b", 6002, "UP");
            first.register(service, "c", 6003, "UP");
        }
        RunningRouter router = router();
        await().until(() ->
                services.stream().allMatch(each -> source(router, each).equals("live")));
        redis.commands().flushall();
        long before = streamsRead();

        services.forEach(each -> second.register(each, "a", 6001, "UP"));
        await().atMost(SOON)
                .until(() ->
                        services.stream().allMatch(each -> ids(router, each).equals(List.of("a", "b held", "c held"))));
        second.register(services.get(0), "b", 6002, "UP");
        await().atMost(SOON).until(() -> ids(router, services.get(0)), List.of("a", "b", "c held")::equals);
        // one thread reads: what the wake-up before this one brought about is over
        second.register(services.get(0), "c", 6003, "UP");
        await().atMost(SOON).until(() -> ids(router, services.get(0)), List.of("a", "b", "c")::equals);

        // two for the first wake-up of each: what follows on the old store, and who left in the new; one for the next
        assertThat(streamsRead() - before).isLessThanOrEqualTo(2 * services.size() + 1);
    }

    private long streamsRead() {
        return redis.commands()
                .info("commandstats")
                .lines()
                .filter(line -> line.startsWith("cmdstat_xrange:"))
                .mapToLong(line -> Long.parseLong(line.replaceFirst("^[^=]*=(\\d+),.*", "$1")))
                .sum();
    }

    @Test
    void aReadingThatFailedIsMadeUpForWithoutAnotherWakeUp() {
        first.register(USER, "u1", 6001, "UP");
        RunningRouter router = router("--moa.router.live.store-timeout=300ms");
        await().until(() -> ids(router, USER), List.of("u1")::equals);
        first.silent().register(USER, "u2", 6002, "UP");

        // told, and no answer to whoever asks what
        RedisCommands<String, String> commands = redis.commands();
        commands.multi();
        commands.publish("moa:wake", USER + " e1 2");
        commands.clientPause(1_000);
        commands.exec();

        await().atMost(SOON)
                .until(() ->
                        source(router, USER).equals("live") && ids(router, USER).equals(List.of("u1", "u2")));
    }

    @Test
    void whatWasReadIsTakenBeforeTheNextIsAskedFor() {
        List<ServiceName> services = new ArrayList<>();
        for (int i = 10; i < 30; i++) {
            ServiceName service = ServiceName.of("/service/s" + i);
            services.add(service);
            first.silent().register(service, "a", 6000 + i, "UP");
        }
        // whoever reads it gets an error that is none of its keys
        second.silent().register(ServiceName.of("/service/unreadable"), "a", 6001, "UP");
        redis.commands()
                .aclSetuser(
                        "router",
                        AclSetuserArgs.Builder.on()
                                .nopass()
                                .allCommands()
                                .allChannels()
                                .keyPattern("moa:services")
                                .keyPattern("moa:{*}:meta")
                                .keyPattern("moa:{/service/s*"));

        // nobody looks anything up: what a lookup has to ask for would be read by itself
        LiveView view = router("--spring.data.redis.url=" + redis.url().replace("://", "://router:any@"))
                .bean(LiveView.class);

        await().atMost(SOON).untilAsserted(() -> assertThat(view.services()).containsAll(services));
        assertThat(view.failure()).contains("NOPERM");
    }

    @Test
    void aServiceWhoseKeysCannotBeReadCostsNoOther(CapturedOutput output) {
        List<ServiceName> bad = Stream.of("/service/instances", "/service/meta", "/service/revision")
                .map(ServiceName::of)
                .toList();
        List<ServiceName> good = IntStream.range(10, 40)
                .mapToObj(i -> ServiceName.of("/service/s" + i))
                .toList();
        Stream.concat(bad.stream(), good.stream()).forEach(each -> first.register(each, "a", 6001, "UP"));
        LiveView view = router().bean(LiveView.class);
        await().atMost(SOON)
                .until(() -> view.services().containsAll(bad)
                        && view.services().containsAll(good)
                        && view.failure() == null);
        long healed = view.counters().getOrDefault("healed", 0L);

        // the registry's next write is lost on its way to the router
        RedisCommands<String, String> commands = redis.commands();
        commands.set("moa:{/service/instances}:instances", "no hash");
        commands.hincrby("moa:{/service/instances}:meta", "revision", 1);
        commands.set("moa:{/service/meta}:meta", "no hash");
        commands.hset("moa:{/service/revision}:meta", "revision", "many");
        good.forEach(each -> first.silent().register(each, "b", 6002, "UP"));
        for (int i = 0; i < 2; i++) {
            long compared = view.comparedAtMs();
            view.compareSoon();
            await().atMost(SOON).until(() -> view.comparedAtMs() > compared);
        }

        assertThat(good).allSatisfy(each -> assertThat(known(view, each)).containsExactly("a", "b"));
        assertThat(bad).allSatisfy(each -> {
            assertThat(known(view, each)).containsExactly("a");
            assertThat(view.suspicion(each)).isNull();
            assertThat(output).containsOnlyOnce(each + ": its keys in Redis cannot be read");
        });
        assertThat(view.failure()).isNull();
        assertThat(view.counters())
                .containsEntry("healed", healed + good.size())
                .hasEntrySatisfying("unreadable", count -> assertThat(count).isGreaterThanOrEqualTo(2L * bad.size()));

        // mended by hand
        commands.del("moa:{/service/instances}:instances");
        second.register(bad.get(0), "c", 6003, "UP");
        await().atMost(SOON).until(() -> known(view, bad.get(0)), List.of("c")::equals);
    }

    private static List<String> known(LiveView view, ServiceName service) {
        ServiceView known = view.view(service);
        return known == null ? List.of() : List.copyOf(known.state().instances().keySet());
    }
}
