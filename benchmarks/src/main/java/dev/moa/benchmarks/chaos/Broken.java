package dev.moa.benchmarks.chaos;

import static net.bytebuddy.matcher.ElementMatchers.named;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarFile;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.implementation.MethodCall;
import net.bytebuddy.implementation.StubMethod;
import net.bytebuddy.pool.TypePool;

/**
 * Builds that are broken on purpose, to see that the checker notices: the app runs with a directory before its jar on
 * the class path, which holds one file of it, changed. The apps themselves have no such switch.
 */
enum Broken {
    /** The builds as they are. */
    NONE,
    /** Lost leases are believed, however many end at once: the script guards nobody, and has nobody asked. */
    NO_GUARD,
    /** The router believes whatever Redis says, also when it was emptied or went back in time. */
    BELIEVE_FLUSH,
    /** The router only reads what a message of Pub/Sub names, and never compares. */
    PUBSUB_TRUTH;

    private static final String GUARDED =
            "return elsewhere == 'yes' or (silent >= count and silent * 1000 >= share * total)";
    private static final String ASKED = "elseif not gone[id] and";

    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Broken parse(String word) {
        for (Broken each : values()) {
            if (each.word().equals(word)) {
                return each;
            }
        }
        throw new IllegalArgumentException(
                "--broken: '%s' (expected: no-guard, believe-flush or pubsub-truth)".formatted(word));
    }

    /** Returns the command that runs the app with its change; the command itself where there is none. */
    List<String> patch(String module, List<String> command, Path directory) {
        boolean isConcerned = this == NO_GUARD ? module.equals("registry") : module.equals("router");
        if (this == NONE || !isConcerned) {
            return command;
        }
        int at = command.indexOf("-jar");
        Path jar = Path.of(command.get(at + 1));
        try (JarFile app = new JarFile(jar.toFile())) {
            write(app, Files.createDirectories(directory));
            List<String> patched = new ArrayList<>(command.subList(0, at));
            // a start-up cache is of the jar alone
            patched.removeIf(flag -> flag.startsWith("-XX:AOTCache=") || flag.startsWith("-XX:SharedArchiveFile="));
            patched.add("-cp");
            patched.add(directory + File.pathSeparator + jar);
            patched.add(app.getManifest().getMainAttributes().getValue("Main-Class"));
            patched.addAll(command.subList(at + 2, command.size()));
            return patched;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot break " + module, e);
        }
    }

    private void write(JarFile app, Path directory) throws IOException {
        switch (this) {
            case NO_GUARD -> {
                String name = "dev/moa/registry/catalog/expire.lua";
                String script;
                try (InputStream in = app.getInputStream(app.getEntry(name))) {
                    script = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                }
                for (String part : List.of(GUARDED, ASKED)) {
                    if (!script.contains(part)) {
                        throw new IOException("%s no longer has '%s': mend this patch".formatted(name, part));
                    }
                }
                Path file = directory.resolve(name);
                Files.createDirectories(file.resolveSibling("."));
                Files.writeString(file, script.replace(GUARDED, "return false").replace(ASKED, "elseif false and"));
            }
            case BELIEVE_FLUSH -> {
                ClassFileLocator classes = new ClassFileLocator.Compound(
                        new ClassFileLocator.ForJarFile(app), ClassFileLocator.ForClassLoader.ofSystemLoader());
                TypeDescription type = type(classes, "dev.moa.router.live.LiveService");
                new ByteBuddy()
                        .redefine(type, classes)
                        .method(named("offer"))
                        .intercept(MethodCall.invoke(type.getDeclaredMethods()
                                        .filter(named("believe"))
                                        .getOnly())
                                .withAllArguments())
                        .method(named("offerAbsence"))
                        .intercept(MethodCall.invoke(type.getDeclaredMethods()
                                .filter(named("forget"))
                                .getOnly()))
                        .make()
                        .saveIn(directory.toFile());
            }
            case PUBSUB_TRUTH -> {
                ClassFileLocator classes = new ClassFileLocator.Compound(
                        new ClassFileLocator.ForJarFile(app), ClassFileLocator.ForClassLoader.ofSystemLoader());
                new ByteBuddy()
                        .redefine(type(classes, "dev.moa.router.live.LiveView"), classes)
                        .method(named("compareAll"))
                        .intercept(StubMethod.INSTANCE)
                        .make()
                        .saveIn(directory.toFile());
            }
            case NONE -> throw new IllegalStateException("nothing to break");
        }
    }

    private static TypeDescription type(ClassFileLocator classes, String name) {
        return TypePool.Default.of(classes).describe(name).resolve();
    }
}
