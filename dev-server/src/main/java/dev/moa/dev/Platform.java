package dev.moa.dev;

import dev.moa.dev.jdk.Jdk;
import dev.moa.dev.jdk.Jdks;
import dev.moa.dev.parts.Addresses;
import dev.moa.dev.parts.AppImages;
import dev.moa.dev.parts.AppPart;
import dev.moa.dev.parts.AppSpecs;
import dev.moa.dev.parts.KafkaPart;
import dev.moa.dev.parts.Layout;
import dev.moa.dev.parts.PartList;
import dev.moa.dev.parts.RedisPart;
import dev.moa.dev.process.ChildState;
import dev.moa.dev.process.ChildStatus;
import dev.moa.dev.process.LogFiles;
import dev.moa.dev.process.Ports;
import dev.moa.dev.process.RestartPolicy;
import dev.moa.dev.process.Supervisor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One copy of the platform on this machine: Redis, Kafka and the apps as child processes that are watched and
 * started again when they die. What {@code ./moa up} and the test kit both run.
 *
 * <p>{@link #start} returns when the processes are being started; {@link #awaitHealthy} waits. {@link #close} stops
 * all that this object started, in the reverse order, and nothing else. Safe for many threads.
 */
public final class Platform implements AutoCloseable {
    /** What all others call on their way out; the router itself leaves by way of the registry. */
    private static final List<String> LOOKUP = List.of("router", "registry");

    private final PlatformOptions options;
    private final PlatformListener listener;
    private final Layout layout;
    private final Jdk jdk;
    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private final Addresses addresses = new Addresses();
    private final List<AppPart> apps;
    private final List<AppPart> demo;
    private final boolean isTraining;
    private volatile boolean isClosed;
    private volatile @Nullable Training training;
    private volatile Duration trainingTime = Duration.ZERO;
    private volatile @Nullable RedisPart redis;
    private volatile @Nullable Supervisor supervisor;

    public Platform(PlatformOptions options, PlatformListener listener) {
        this(options, listener, false);
    }

    Platform(PlatformOptions options, PlatformListener listener, boolean isTraining) {
        this.options = options;
        this.listener = listener;
        this.isTraining = isTraining;
        Path root = options.root();
        Layout usual = Layout.of(options.home(), options.portOffset());
        this.layout = root == null ? usual : new Layout(options.home(), root, usual.cache());
        this.jdk = Jdks.ofThisMachine().choose();
        PartList list = PartList.standard();
        this.apps = list.apps().stream()
                .filter(app -> options.apps() == null || options.apps().contains(app.name()))
                .map(app -> app.with(options.settings().getOrDefault(app.name(), Map.of())))
                .toList();
        this.demo = options.isDemo() ? list.demo() : List.of();
        assignPorts(list);
    }

    /** Where this copy lives on the disk. */
    public Layout layout() {
        return layout;
    }

    /** The Java that the children run on. */
    public Jdk jdk() {
        return jdk;
    }

    /** The program that serves as Redis; empty with an own Redis, or before the start. */
    public Optional<RedisPart> redis() {
        return Optional.ofNullable(redis);
    }

    /** How long the making of start-up caches took in {@link #start}. */
    public Duration trainingTime() {
        return trainingTime;
    }

    /** The addresses of the parts, also of those that are not started. */
    public Addresses addresses() {
        return addresses;
    }

    /** The ports of the parts that are started: {@code registry.http} to number, in the order of the start. */
    public Map<String, Integer> ports() {
        return new LinkedHashMap<>(ports);
    }

    /** The apps that are started, the platform's first. */
    public List<AppPart> apps() {
        List<AppPart> all = new ArrayList<>(apps);
        all.addAll(demo);
        return all;
    }

    /**
     * Starts everything. The first start after a build makes the start-up caches before that, which takes a minute.
     *
     * @throws PlatformException if a port is taken or an app is not built; then nothing has been started
     */
    public void start() {
        if (supervisor != null || isClosed) {
            return;
        }
        requireBuilt();
        requireFreePorts();
        AppSpecs specs = new AppSpecs(layout, jdk, addresses);
        if (options.usesStartCaches() && !isTraining) {
            long began = System.nanoTime();
            Training run = new Training(options, jdk, apps(), specs, listener);
            training = run;
            run.run();
            trainingTime = Duration.ofNanos(System.nanoTime() - began);
            // that may have taken minutes
            requireFreePorts();
        }
        startParts(specs);
    }

    private synchronized void startParts(AppSpecs specs) {
        if (isClosed || supervisor != null) {
            return;
        }
        Supervisor started = new Supervisor(
                RestartPolicy.standard(), startsAtOnce(), (state, message) -> listener.heard(state.name(), message));
        supervisor = started;
        startStores(started, specs);
        for (AppPart app : apps()) {
            started.start(specs.app(app, isTraining && !specs.isTrained(app)));
        }
    }

    private void startStores(Supervisor started, AppSpecs specs) {
        if (options.redisUrl() == null) {
            RedisPart program = RedisPart.find(layout);
            redis = program;
            started.start(program.spec(layout, addresses.port(RedisPart.NAME, "redis")));
        }
        if (options.hasKafka() && options.kafkaAddress() == null) {
            started.start(specs.kafka(
                    addresses.port(KafkaPart.NAME, "kafka"),
                    addresses.port(KafkaPart.NAME, "controller"),
                    isTraining && !specs.isKafkaTrained()));
        }
    }

    /**
     * Waits until every part is healthy.
     *
     * @throws PlatformException if a part keeps dying or the time is over; it says which part, what it last said and
     *     where its log is
     */
    public void awaitHealthy(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            if (isClosed) {
                throw new PlatformException("stopped while it was starting");
            }
            List<ChildState> states = states();
            if (!states.isEmpty()
                    && states.size() == partCount()
                    && states.stream().allMatch(Platform::isHealthy)) {
                return;
            }
            List<ChildState> hopeless = running().hopeless();
            if (!hopeless.isEmpty()) {
                throw new PlatformException(describe(hopeless.get(0), "does not start"));
            }
            if (System.nanoTime() - deadline > 0) {
                ChildState late = states.stream()
                        .filter(state -> !isHealthy(state))
                        .findFirst()
                        .orElseThrow();
                throw new PlatformException(describe(late, "is not healthy after %d s".formatted(limit.toSeconds())));
            }
            LockSupport.parkNanos(20_000_000);
            if (Thread.currentThread().isInterrupted()) {
                throw new PlatformException("interrupted while waiting for the platform to be healthy");
            }
        }
    }

    /** Waits until one part is healthy. */
    public void awaitHealthy(String part, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!isHealthy(state(part))) {
            if (System.nanoTime() - deadline > 0) {
                throw new PlatformException(
                        describe(state(part), "is not healthy after %d s".formatted(limit.toSeconds())));
            }
            LockSupport.parkNanos(20_000_000);
            if (Thread.currentThread().isInterrupted()) {
                throw new PlatformException("interrupted while waiting for %s".formatted(part));
            }
        }
    }

    /** What is known of every part now, in the order of the start. */
    public List<ChildState> states() {
        Supervisor current = supervisor;
        return current == null ? List.of() : current.states();
    }

    public ChildState state(String part) {
        return states().stream()
                .filter(state -> state.name().equals(part))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("%s: no such part (expected: one of %s)"
                        .formatted(part, states().stream().map(ChildState::name).toList())));
    }

    /** Kills the part the hard way (SIGKILL); it is started again at once. */
    public void kill(String part) {
        running().kill(part);
    }

    /** Stops the part (SIGTERM, then SIGKILL) and leaves it stopped until {@link #startAgain}. */
    public void stop(String part) {
        running().stop(List.of(part));
    }

    public void startAgain(String part) {
        running().startAgain(part);
    }

    /** Keeps the logs bounded; to be called every few seconds by whoever runs the platform for long. */
    public void rotateLogs() {
        for (ChildState state : states()) {
            try {
                LogFiles.rotate(layout.log(state.name()));
            } catch (IOException e) {
                listener.heard(state.name(), "cannot rotate its log: " + e.getMessage());
            }
        }
    }

    /** Stops the demo, then the apps, then Kafka and Redis, each with time to finish its work. */
    @Override
    public void close() {
        isClosed = true;
        Training run = training;
        if (run != null) {
            run.abort();
        }
        stopParts();
    }

    /** Ends all children at once (SIGKILL), for those whose data is of no use. */
    void abort() {
        isClosed = true;
        Supervisor current = supervisor;
        if (current != null) {
            current.abort();
        }
    }

    private synchronized void stopParts() {
        Supervisor current = supervisor;
        if (current == null) {
            return;
        }
        List<String> started = current.states().stream().map(ChildState::name).toList();
        for (List<String> wave : waves()) {
            List<String> names = wave.stream().filter(started::contains).toList();
            // a training run's children write their caches when they end, in processes of some size: two at a time
            int atOnce = isTraining ? 2 : Math.max(1, names.size());
            for (int i = 0; i < names.size(); i += atOnce) {
                current.stop(names.subList(i, Math.min(i + atOnce, names.size())));
            }
        }
        current.close();
        supervisor = null;
    }

    /** Who stops with whom: callers before what they call, so that nobody waits for what is gone. */
    private List<List<String>> waves() {
        List<String> services = new ArrayList<>(demo.stream().map(AppPart::name).toList());
        List<List<String>> waves = new ArrayList<>();
        if (!services.isEmpty()) {
            // the load is the last of the demo
            waves.add(List.of(services.remove(services.size() - 1)));
        }
        waves.add(services);
        waves.add(apps.stream()
                .map(AppPart::name)
                .filter(name -> !LOOKUP.contains(name))
                .toList());
        LOOKUP.forEach(name -> waves.add(List.of(name)));
        waves.add(List.of(KafkaPart.NAME, RedisPart.NAME));
        return waves;
    }

    private Supervisor running() {
        Supervisor current = supervisor;
        if (current == null) {
            throw new IllegalStateException("the platform is not started");
        }
        return current;
    }

    private static boolean isHealthy(ChildState state) {
        return state.status() == ChildStatus.HEALTHY;
    }

    private int partCount() {
        int stores = options.redisUrl() == null ? 1 : 0;
        if (options.hasKafka() && options.kafkaAddress() == null) {
            stores++;
        }
        return stores + apps.size() + demo.size();
    }

    private String describe(ChildState state, String what) {
        StringBuilder message = new StringBuilder("%s %s: %s".formatted(state.name(), what, state.detail()));
        List<String> tail = LogFiles.tail(layout.log(state.name()), 15);
        message.append("%n  the end of %s:".formatted(layout.log(state.name())));
        tail.forEach(line -> message.append("%n    %s".formatted(line)));
        message.append("%n  all of it: ./moa logs %s".formatted(state.name()));
        return message.toString();
    }

    /** JVMs in their start use about one and a half cores each. */
    private static int startsAtOnce() {
        Integer asked = Integer.getInteger("moa.starts-at-once");
        return asked != null ? asked : Math.max(3, Runtime.getRuntime().availableProcessors());
    }

    private void assignPorts(PartList list) {
        if (options.redisUrl() == null) {
            assign(RedisPart.NAME, "redis", RedisPart.PORT, true);
            addresses.put("redis.url", "redis://127.0.0.1:" + addresses.get("redis.redis"));
        } else {
            addresses.put("redis.url", options.redisUrl());
        }
        if (options.kafkaAddress() == null) {
            assign(KafkaPart.NAME, "kafka", KafkaPart.PORT, options.hasKafka());
            assign(KafkaPart.NAME, "controller", KafkaPart.CONTROLLER_PORT, options.hasKafka());
            addresses.put("kafka.address", "127.0.0.1:" + addresses.get("kafka.kafka"));
        } else {
            addresses.put("kafka.address", options.kafkaAddress());
        }
        addresses.put("data", layout.root().resolve("data").toString());
        addresses.put("home", options.home().toString());
        Set<String> started = apps().stream().map(AppPart::name).collect(Collectors.toSet());
        for (AppPart app : list.all()) {
            app.ports().forEach((port, number) -> assign(app.name(), port, number, started.contains(app.name())));
        }
    }

    private void assign(String part, String port, int number, boolean isStarted) {
        int assigned = options.isOnRandomPorts() ? freePort() : number + options.portOffset();
        addresses.put(part + "." + port, Integer.toString(assigned));
        if (isStarted) {
            ports.put(part + "." + port, assigned);
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no free port on the loopback address", e);
        }
    }

    private void requireBuilt() {
        AppImages images = new AppImages(layout, jdk);
        List<String> missing = apps().stream()
                .map(AppPart::module)
                .distinct()
                .filter(module -> !images.isBuilt(module))
                .toList();
        if (!missing.isEmpty()) {
            throw new PlatformException("not built yet: %s. Build: ./mvnw -DskipTests package (in %s)"
                    .formatted(String.join(", ", missing), options.home()));
        }
    }

    private void requireFreePorts() {
        List<String> taken = new ArrayList<>();
        ports.forEach((name, port) -> {
            if (!Ports.isFree(port)) {
                taken.add("  port %d (%s) is in use by %s"
                        .formatted(
                                port, name.replace('.', ' '), Ports.holder(port).orElse("a process of another user")));
            }
        });
        if (!taken.isEmpty()) {
            throw new PlatformException(
                    "cannot start, ports are in use:%n%s%nStop what uses them, or start this copy on other ports: ./moa up --port-offset 100"
                            .formatted(String.join(System.lineSeparator(), taken)));
        }
    }
}
