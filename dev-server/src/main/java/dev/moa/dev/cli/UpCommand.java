package dev.moa.dev.cli;

import dev.moa.dev.Platform;
import dev.moa.dev.PlatformException;
import dev.moa.dev.PlatformOptions;
import dev.moa.dev.PlatformState;
import dev.moa.dev.PlatformState.Phase;
import dev.moa.dev.parts.AppPart;
import dev.moa.dev.parts.KafkaPart;
import dev.moa.dev.parts.Layout;
import dev.moa.dev.parts.PartList;
import dev.moa.dev.parts.RedisPart;
import dev.moa.dev.process.ChildState;
import dev.moa.dev.process.LogFiles;
import dev.moa.dev.process.ProcessIdentity;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * {@code up}: starts the platform and stays until Ctrl-C; with {@code -d} a second, detached launcher does so, and
 * this one shows what that one says until all is healthy.
 */
final class UpCommand {
    private static final Duration HEALTHY_LIMIT = Duration.ofSeconds(120);
    private static final long TICK_MS = 200;
    private static final int TICKS_PER_ROTATION = 25;

    private final Path home;
    private final Console console;
    private final AtomicBoolean isDirty = new AtomicBoolean(true);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile Phase phase = Phase.STARTING;
    private volatile long healthyMs;
    private volatile String message = "";

    UpCommand(Path home, Console console) {
        this.home = home;
        this.console = console;
    }

    int run(Arguments arguments) throws IOException, InterruptedException {
        boolean isDetached = arguments.flag("-d", "--detach");
        List<String> words = List.copyOf(arguments.everything());
        PlatformOptions options = options(arguments);
        Layout layout = Layout.of(home, options.portOffset());
        Optional<PlatformState> running = RunningPlatform.find(layout);
        if (running.isPresent()) {
            console.line("moa is already up (launcher pid %d); ./moa down stops it"
                    .formatted(running.get().pid()));
            Table.of(running.get()).forEach(console::line);
            return isDetached && running.get().phase() == Phase.RUNNING ? 0 : 1;
        }
        return isDetached ? detach(layout, words) : stay(options, layout, true);
    }

    /** The detached launcher: says on standard output, which is a log file, what happens. */
    int supervise(Arguments arguments) throws IOException, InterruptedException {
        PlatformOptions options = options(arguments);
        return stay(options, Layout.of(home, options.portOffset()), false);
    }

    private PlatformOptions options(Arguments arguments) {
        PlatformOptions options = PlatformOptions.of(home)
                .withDemo(arguments.flag("--demo"))
                .withStartCaches(!arguments.flag("--no-cache"))
                .withPortOffset(arguments.number("--port-offset", 0))
                .withOwnRedis(arguments.option("--redis"))
                .withOwnKafka(arguments.option("--kafka"));
        String only = arguments.option("--only");
        arguments.requireNoMore();
        if (only == null) {
            return options;
        }
        Set<String> names = Set.of(only.split(","));
        List<String> known =
                PartList.standard().apps().stream().map(AppPart::name).toList();
        if (!known.containsAll(names)) {
            throw new UsageException("--only: %s (expected: some of %s, with commas between)".formatted(only, known));
        }
        return options.withApps(names);
    }

    private int stay(PlatformOptions options, Layout layout, boolean isInForeground)
            throws IOException, InterruptedException {
        Files.createDirectories(layout.run());
        try (FileChannel lockFile = FileChannel.open(
                        layout.run().resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = lockFile.tryLock()) {
            if (lock == null) {
                throw new PlatformException("another ./moa up is starting this copy right now; ./moa status");
            }
            stopLeftovers(layout);
            Platform platform = new Platform(options, (part, line) -> {
                isDirty.set(true);
                console.line(part, line);
            });
            console.line("moa starts on %s, data and logs in %s".formatted(platform.jdk(), layout.root()));
            Thread hook = new Thread(() -> stopAll(platform, layout), "moa-shutdown-1");
            Runtime.getRuntime().addShutdownHook(hook);
            Thread writer = writer(platform, options, layout);
            writer.start();
            try {
                platform.start();
                platform.awaitHealthy(HEALTHY_LIMIT);
            } catch (PlatformException e) {
                if (phase == Phase.STOPPING) {
                    Thread.sleep(Long.MAX_VALUE);
                }
                message = String.valueOf(e.getMessage());
                phase = Phase.FAILED;
                state(platform, options, layout).write(layout);
                console.line("moa: " + message);
                return 1;
            }
            healthyMs = Math.max(
                    1,
                    System.currentTimeMillis()
                            - beganAtMs()
                            - platform.trainingTime().toMillis());
            // the one who waits behind -d stops listening once the state says RUNNING: all is said before
            announce(state(platform, options, layout), platform);
            phase = Phase.RUNNING;
            PlatformState state = state(platform, options, layout);
            state.write(layout);
            if (isInForeground) {
                List<Path> logs =
                        state.parts().stream().map(part -> Path.of(part.log())).toList();
                new LogFollower(console, logs, 0).follow();
            }
            stopped.await();
            return 0;
        }
    }

    private void announce(PlatformState state, Platform platform) {
        console.line("");
        Table.of(state).forEach(console::line);
        console.line("all healthy after %.1f s on %s".formatted(healthyMs / 1000.0, platform.jdk()));
        console.line("");
        if (state.ports().containsKey("gateway.http")) {
            console.line("console http://127.0.0.1:%d   logs ./moa logs   stop ./moa down"
                    .formatted(state.ports().get("gateway.http")));
        }
    }

    /** A launcher that was killed leaves its parts running; they go before new ones come. */
    private void stopLeftovers(Layout layout) throws InterruptedException {
        Optional<PlatformState> before = PlatformState.read(layout);
        if (before.isEmpty()) {
            return;
        }
        List<ProcessHandle> left = before.get().running();
        if (!left.isEmpty()) {
            console.line("stopping %d processes that a launcher which died left behind".formatted(left.size()));
            DownCommand.stop(left, Duration.ofSeconds(15));
        }
    }

    private void stopAll(Platform platform, Layout layout) {
        phase = Phase.STOPPING;
        boolean hasFailed = !message.isEmpty();
        if (!hasFailed) {
            console.line("stopping");
        }
        platform.close();
        try {
            // what a failed start says stays readable for the one who waits for it
            if (!hasFailed) {
                Files.deleteIfExists(layout.stateFile());
            }
        } catch (IOException e) {
            console.line("cannot delete %s: %s".formatted(layout.stateFile(), e.getMessage()));
        }
        console.line("stopped");
        stopped.countDown();
    }

    private Thread writer(Platform platform, PlatformOptions options, Layout layout) {
        Thread thread = new Thread(
                () -> {
                    List<ChildState> last = List.of();
                    for (int tick = 1; phase == Phase.STARTING || phase == Phase.RUNNING; tick++) {
                        List<ChildState> now = platform.states();
                        if (isDirty.getAndSet(false) || !now.equals(last)) {
                            last = now;
                            state(platform, options, layout).write(layout);
                        }
                        if (tick % TICKS_PER_ROTATION == 0) {
                            platform.rotateLogs();
                            rotateOwn(layout);
                        }
                        try {
                            TimeUnit.MILLISECONDS.sleep(TICK_MS);
                        } catch (InterruptedException e) {
                            return;
                        }
                    }
                },
                "moa-state-1");
        thread.setDaemon(true);
        return thread;
    }

    private static void rotateOwn(Layout layout) {
        try {
            LogFiles.rotate(layout.log("launcher"));
        } catch (IOException full) {
            // the next round tries again
        }
    }

    private synchronized PlatformState state(Platform platform, PlatformOptions options, Layout layout) {
        List<PlatformState.Part> parts = new ArrayList<>();
        Map<String, Integer> ports = platform.ports();
        for (ChildState child : platform.states()) {
            String name = child.name();
            parts.add(new PlatformState.Part(
                    name,
                    child.status().name(),
                    child.pid(),
                    child.pidStartedAtMs(),
                    child.restarts(),
                    child.readyMs(),
                    child.detail(),
                    url(name, ports),
                    ports.get(name + ".moa"),
                    layout.log(name).toString()));
        }
        ProcessHandle self = ProcessHandle.current();
        String ownRedis = options.redisUrl();
        String ownKafka = options.kafkaAddress();
        return new PlatformState(
                self.pid(),
                ProcessIdentity.startedAtMs(self),
                phase,
                options.portOffset(),
                platform.jdk().version(),
                platform.jdk().home().toString(),
                ownRedis != null
                        ? ownRedis
                        : platform.redis().map(RedisPart::version).orElse(""),
                ownKafka != null ? ownKafka : "",
                healthyMs,
                message,
                ports,
                parts);
    }

    private static String url(String part, Map<String, Integer> ports) {
        Integer http = ports.get(part + ".http");
        if (http != null) {
            return "http://127.0.0.1:" + http;
        }
        if (part.equals(RedisPart.NAME)) {
            return "redis://127.0.0.1:" + ports.get("redis.redis");
        }
        return part.equals(KafkaPart.NAME) ? "127.0.0.1:" + ports.get("kafka.kafka") : "";
    }

    private int detach(Layout layout, List<String> words) throws IOException, InterruptedException {
        Files.createDirectories(layout.logs());
        Files.createDirectories(layout.run());
        Files.deleteIfExists(layout.log("launcher"));
        // the leftovers of a killed launcher are in the state file: the detached launcher reads it
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
            command.add("/usr/bin/setsid");
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(LauncherFlags.flags(home, beganAtMs()));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Moa.class.getName(), "supervise"));
        command.addAll(words);
        Path log = layout.log("launcher");
        Process launcher = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        AtomicBoolean isSettled = new AtomicBoolean();
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            if (!isSettled.get()) {
                                launcher.destroy();
                            }
                        },
                        "moa-shutdown-1"));
        LogFollower follower = new LogFollower(console, List.of(log), 0).withoutPrefix();
        while (true) {
            boolean hasEnded = !launcher.isAlive();
            @Nullable
            PlatformState state = PlatformState.read(layout)
                    .filter(read -> read.pid() == launcher.pid())
                    .orElse(null);
            follower.readOnce();
            if (state != null && state.phase() == Phase.RUNNING) {
                follower.readOnce();
                isSettled.set(true);
                return 0;
            }
            if (hasEnded) {
                follower.readOnce();
                isSettled.set(true);
                return launcher.exitValue() == 0 ? 1 : launcher.exitValue();
            }
            TimeUnit.MILLISECONDS.sleep(TICK_MS);
        }
    }

    /** When the command began: the launcher that stays was perhaps started by another one. */
    private static long beganAtMs() {
        Long given = Long.getLong("moa.began-ms");
        return given != null ? given : ProcessIdentity.startedAtMs(ProcessHandle.current());
    }
}
