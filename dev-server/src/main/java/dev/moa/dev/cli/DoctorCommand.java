package dev.moa.dev.cli;

import dev.moa.dev.Platform;
import dev.moa.dev.PlatformListener;
import dev.moa.dev.PlatformOptions;
import dev.moa.dev.jdk.Jdk;
import dev.moa.dev.jdk.Jdks;
import dev.moa.dev.parts.AppImages;
import dev.moa.dev.parts.Layout;
import dev.moa.dev.parts.PartList;
import dev.moa.dev.parts.RedisPart;
import dev.moa.dev.process.Ports;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code doctor}: looks at what the platform needs on this machine and says what to do about what is missing. */
final class DoctorCommand {
    private static final long LEAST_MEMORY = 3L << 30;
    private static final long LEAST_DISK = 2L << 30;

    private final Path home;
    private final Console console;
    private int problems;

    DoctorCommand(Path home, Console console) {
        this.home = home;
        this.console = console;
    }

    int run(Arguments arguments) throws IOException {
        int offset = arguments.number("--port-offset", 0);
        arguments.requireNoMore();
        Layout layout = Layout.of(home, offset);
        List<Jdk> jdks = Jdks.ofThisMachine().all();
        Jdk chosen = Jdks.ofThisMachine().choose();
        good("java", "%s is used; found %s".formatted(chosen, jdks));
        if (!chosen.hasAotCache()) {
            note("java", "a JDK 25 starts the apps in about a third of the time; install one and ./moa finds it");
        }
        RedisPart redis = RedisPart.find(layout);
        good("redis", "%s (%s)".formatted(redis.version(), redis.program()));
        AppImages images = new AppImages(layout, chosen);
        List<String> missing = PartList.standard().all().stream()
                .map(part -> part.module())
                .distinct()
                .filter(module -> !images.isBuilt(module))
                .toList();
        if (missing.isEmpty()) {
            good("build", "all apps are built");
        } else {
            note("build", "not built yet: %s; ./moa up builds them".formatted(missing));
        }
        ports(offset, layout);
        memory();
        disk();
        program("node", "the console is built with it (20 or newer)", "nodejs npm");
        program("php", "the PHP examples and their tests", "php-cli php-redis php-curl");
        program("python3", "the Python examples and their tests", "python3 python3-redis");
        program("haproxy", "its tests", "haproxy");
        program("chromium", "the console's test in a real browser", "chromium");
        program("docker", "docker-compose.yml", "docker.io docker-compose");
        console.line(problems == 0 ? "nothing is in the way of ./moa up" : "%d problems".formatted(problems));
        return problems == 0 ? 0 : 1;
    }

    private void ports(int offset, Layout layout) {
        if (RunningPlatform.find(layout).isPresent()) {
            good("ports", "the platform is running; ./moa status");
            return;
        }
        Platform platform =
                new Platform(PlatformOptions.of(home).withPortOffset(offset).withDemo(true), PlatformListener.silent());
        boolean isFree = true;
        for (var port : platform.ports().entrySet()) {
            if (!Ports.isFree(port.getValue())) {
                isFree = false;
                bad(
                        "ports",
                        "%d (%s) is in use by %s; stop it, or use ./moa up --port-offset 100"
                                .formatted(
                                        port.getValue(),
                                        port.getKey(),
                                        Ports.holder(port.getValue()).orElse("a process of another user")));
            }
        }
        if (isFree) {
            good("ports", "all %d are free".formatted(platform.ports().size()));
        }
    }

    private void memory() throws IOException {
        Path info = Path.of("/proc/meminfo");
        if (!Files.isReadable(info)) {
            return;
        }
        for (String line : Files.readAllLines(info)) {
            if (line.startsWith("MemAvailable:")) {
                long free = Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
                report("memory", free >= LEAST_MEMORY, "%d MiB are free".formatted(free >> 20), "3 GiB are needed");
            }
        }
    }

    private void disk() throws IOException {
        long free = Files.getFileStore(home).getUsableSpace();
        report("disk", free >= LEAST_DISK, "%d GiB are free".formatted(free >> 30), "2 GiB are needed under " + home);
    }

    private void program(String name, String purpose, String packages) {
        for (String directory : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            if (Files.isExecutable(Path.of(directory, name))) {
                good(name, Path.of(directory, name).toString());
                return;
            }
        }
        note(name, "not found; only for %s (Debian: %s)".formatted(purpose, packages));
    }

    private void report(String what, boolean isFine, String seen, String needed) {
        if (isFine) {
            good(what, seen);
        } else {
            bad(what, seen + "; " + needed);
        }
    }

    private void good(String what, String text) {
        console.line("ok    %-9s %s".formatted(what, text));
    }

    private void note(String what, String text) {
        console.line("note  %-9s %s".formatted(what, text));
    }

    private void bad(String what, String text) {
        problems++;
        console.line("BAD   %-9s %s".formatted(what, text));
    }
}
