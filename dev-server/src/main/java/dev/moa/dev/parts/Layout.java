package dev.moa.dev.parts;

import java.nio.file.Path;

/**
 * Where things lie on the disk.
 *
 * @param home the directory of the sources and of {@code ./moa}; the packed apps lie in its modules
 * @param root what this copy of the platform writes: data, logs, state; {@code .moa} under home, or below it
 * @param cache what all copies share: unpacked apps, start-up caches, programs; {@code .moa} under home
 */
public record Layout(Path home, Path root, Path cache) {

    /** The layout of {@code ./moa up --port-offset offset}. */
    public static Layout of(Path home, int portOffset) {
        Path cache = home.resolve(".moa");
        return new Layout(home, portOffset == 0 ? cache : cache.resolve("offset-" + portOffset), cache);
    }

    public Path data(String part) {
        return root.resolve("data").resolve(part);
    }

    public Path logs() {
        return root.resolve("logs");
    }

    public Path log(String part) {
        return logs().resolve(part + ".log");
    }

    /** Settings written for the child processes, the state file and the lock. */
    public Path run() {
        return root.resolve("run");
    }

    public Path stateFile() {
        return run().resolve("state.json");
    }

    Path apps() {
        return cache.resolve("apps");
    }

    Path programs() {
        return cache.resolve("bin");
    }
}
