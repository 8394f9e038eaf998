package dev.moa.benchmarks.chaos;

import dev.moa.dev.jdk.Jdk;
import dev.moa.dev.jdk.Jdks;
import dev.moa.dev.parts.Addresses;
import dev.moa.dev.parts.AppPart;
import dev.moa.dev.parts.AppSpecs;
import dev.moa.dev.parts.Layout;
import dev.moa.dev.parts.PartList;
import dev.moa.dev.process.ChildSpec;
import dev.moa.dev.process.Probes;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Two registries, two routers, a Redis and its replica, each a real process; each registry and router reaches Redis by
 * a {@link Link} of its own, and so does the replica.
 */
final class Lab implements AutoCloseable {
    static final Duration TTL = Duration.ofSeconds(2);
    private static final Duration START_LIMIT = Duration.ofSeconds(120);

    /**
     * How registries and routers are set.
     *
     * @param words for people
     */
    record Settings(Map<String, String> registry, Map<String, String> router, String words) {
        /** What takes seconds at the usual lease of 10 s is set to a fifth, as the lease is. */
        static final Settings FIFTH = new Settings(
                Map.of(
                        "moa.registry.lease.ttl", "2s",
                        "moa.registry.lease.min-ttl", "2s",
                        "moa.registry.store.away-after", "600ms",
                        "spring.data.redis.timeout", "500ms"),
                Map.of(
                        "moa.router.live.hold", "3s",
                        "moa.router.live.compare-interval", "1s",
                        "moa.router.snapshot.interval", "400ms"),
                "lease 2 s, hold 3 s, comparison 1 s: a fifth of the usual");

        static final Settings USUAL = new Settings(Map.of(), Map.of(), "the usual settings");

        static final Settings SHORT_LEASES = new Settings(
                Map.of("moa.registry.lease.min-ttl", "2s"),
                Map.of(),
                "the usual settings, but that a lease of 2 s may be asked for");
    }

    /** A registry or a router. */
    record App(Part part, int http, int moa, int dns, Link toRedis) {
        String url() {
            return "http://127.0.0.1:" + http;
        }
    }

    /** A redis-server. */
    record Redis(Part part, int port, Path directory) {}

    private final Path root;
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private final Clocks clocks;
    private final Firewall firewall;
    private final Jdk jdk = Jdks.ofThisMachine().choose();
    private final Layout layout;
    private final Broken broken;
    private final Settings settings;
    private final List<Redis> redises = new ArrayList<>();
    private final List<App> registries = new ArrayList<>();
    private final List<App> routers = new ArrayList<>();
    private final Link replication;
    private volatile int primary;

    Lab(Path home, Path root, Settings settings, Broken broken, boolean iptables)
            throws IOException, InterruptedException {
        this.root = root;
        this.settings = settings;
        this.broken = broken;
        this.layout = Layout.of(home, 0);
        this.clocks = new Clocks(root.resolve("clocks"));
        this.firewall = new Firewall(iptables);
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "chaos-end-1"));
        this.replication = new Link(loops, () -> redises.get(primary).port());
        for (int i = 0; i < 2; i++) {
            redises.add(redis("redis-" + i));
        }
        for (int i = 0; i < 2; i++) {
            registries.add(app("registry", i, settings.registry()));
        }
        for (int i = 0; i < 2; i++) {
            routers.add(app("router", i, settings.router()));
        }
    }

    void start() throws IOException, InterruptedException {
        startPrimary();
        startReplica();
        startApps();
    }

    /** Starts registries and routers; Redis is there. */
    void startApps() throws IOException, InterruptedException {
        for (App app : apps()) {
            app.part().start();
        }
        for (App app : apps()) {
            app.part().awaitHealthy(START_LIMIT);
        }
    }

    EventLoopGroup loops() {
        return loops;
    }

    Clocks clocks() {
        return clocks;
    }

    Firewall firewall() {
        return firewall;
    }

    List<App> registries() {
        return registries;
    }

    List<App> routers() {
        return routers;
    }

    List<App> apps() {
        return Stream.concat(registries.stream(), routers.stream()).toList();
    }

    Link replication() {
        return replication;
    }

    Redis primary() {
        return redises.get(primary);
    }

    Redis replica() {
        return redises.get(1 - primary);
    }

    /** Cuts an app off from Redis, without a word to either; or ends that. */
    void partition(App app, boolean on) {
        if (firewall.works()) {
            if (on) {
                firewall.drop(app.toRedis().port());
            } else {
                firewall.pass(app.toRedis().port());
            }
        } else {
            app.toRedis().mode(on ? Link.Mode.SILENT : Link.Mode.OPEN);
        }
    }

    void startPrimary() throws IOException, InterruptedException {
        primary().part().start();
        primary().part().awaitHealthy(START_LIMIT);
    }

    /** Starts the primary without any data. */
    void startEmptyPrimary() throws IOException, InterruptedException {
        empty(primary().directory());
        startPrimary();
    }

    /** Starts the replica without any data. */
    void startReplica() throws IOException, InterruptedException {
        empty(replica().directory());
        replica().part().start();
        replica().part().awaitHealthy(START_LIMIT);
        Resp.once(replica().port(), 2_000, "REPLICAOF", "127.0.0.1", String.valueOf(replication.port()));
    }

    /** The replica becomes the primary, and everybody is led to it. */
    void failOver() throws IOException {
        Resp.once(replica().port(), 2_000, "REPLICAOF", "NO", "ONE");
        primary = 1 - primary;
        apps().forEach(app -> app.toRedis().breakAll());
        replication.breakAll();
        replication.mode(Link.Mode.OPEN);
    }

    void flush() throws IOException {
        Resp.once(primary().port(), 5_000, "FLUSHALL");
    }

    private Redis redis(String name) throws IOException {
        int port = Ports.next();
        Path directory = Files.createDirectories(root.resolve(name));
        List<String> command = List.of(
                "redis-server",
                "--port",
                String.valueOf(port),
                "--bind",
                "127.0.0.1",
                "--dir",
                directory.toString(),
                "--save",
                "",
                "--appendonly",
                "yes",
                "--appendfsync",
                "everysec",
                "--repl-diskless-sync-delay",
                "0",
                "--repl-ping-replica-period",
                "1");
        return new Redis(
                new Part(name, command, directory, clocks.environment(name), Probes.redis("127.0.0.1", port)),
                port,
                directory);
    }

    private App app(String module, int number, Map<String, String> own) throws InterruptedException {
        String name = module + "-" + number;
        Link toRedis = new Link(loops, () -> redises.get(primary).port());
        AppPart standard = PartList.standard().apps().stream()
                .filter(part -> part.name().equals(module))
                .findFirst()
                .orElseThrow();
        Addresses addresses = new Addresses();
        standard.ports().keySet().forEach(port -> addresses.put(module + "." + port, String.valueOf(Ports.next())));
        addresses.put("redis.url", "redis://127.0.0.1:" + toRedis.port());
        addresses.put("data", root.resolve(name).toString());
        if (module.equals("router")) {
            addresses.put("registry.http", String.valueOf(registries.get(0).http()));
        } else {
            addresses.put("router.moa", "1");
        }
        Map<String, String> all = new HashMap<>(standard.settings());
        all.putAll(own);
        if (module.equals("router")) {
            all.put(
                    "moa.registry.urls",
                    registries.get(0).url() + "," + registries.get(1).url());
        }
        ChildSpec spec = new AppSpecs(layout, jdk, addresses)
                .app(
                        new AppPart(
                                standard.name(),
                                standard.module(),
                                standard.mainClass(),
                                standard.ports(),
                                standard.heap(),
                                standard.jvmFlags(),
                                all,
                                standard.arguments()),
                        false);
        Map<String, String> environment = new HashMap<>(spec.environment());
        environment.putAll(clocks.environment(name));
        List<String> command = broken.patch(module, spec.command(), root.resolve("patch"));
        int http = addresses.port(module, "http");
        return new App(
                new Part(
                        name,
                        command,
                        root.resolve(name),
                        environment,
                        // ready is when it takes requests: what Redis is like is not its health here
                        Probes.http("127.0.0.1", http, "/actuator/health/liveness")),
                http,
                addresses.port(module, "moa"),
                addresses.has("router.dns") ? addresses.port(module, "dns") : 0,
                toRedis);
    }

    private static void empty(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                if (!file.equals(directory) && !file.toString().endsWith(".log")) {
                    Files.delete(file);
                }
            }
        }
    }

    private void end() {
        apps().forEach(app -> app.part().close());
        redises.forEach(redis -> redis.part().close());
        firewall.close();
    }

    @Override
    public void close() {
        end();
        loops.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS);
    }
}
