import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;

/**
 * Builds or tests the console with npm, where Node.js is there; run by Maven as
 * {@code java BuildConsole.java build|test <folder of the console>}.
 *
 * <p>Quick when nothing changed: a stamp beside what was made holds the digest of all that goes in. Without Node.js
 * it says so and ends well: the gateway then serves a page that says what is missing.
 */
class BuildConsole {
    private static final int OLDEST_NODE = 20;
    private static final int MOST_BYTES = 200_000;
    private static final List<String> INPUTS =
            List.of("package.json", "package-lock.json", "index.html", "tsconfig.json", "vite.config.ts", "src", "public");

    public static void main(String[] arguments) throws Exception {
        String job = arguments[0];
        Path console = Path.of(arguments[1]).toAbsolutePath();
        Path target = console.resolve("target");
        Path made = target.resolve("classes/META-INF/resources/console/index.html");
        Path stamp = target.resolve("console-" + job + ".stamp");
        String inputs = digest(console, INPUTS);
        if (Files.exists(stamp) && Files.readString(stamp).equals(inputs) && (job.equals("test") || Files.exists(made))) {
            return;
        }
        String missing = missing();
        if (missing != null) {
            System.out.println("[WARNING] The console is not " + (job.equals("test") ? "tested" : "built") + ": " + missing
                    + " Install Node.js " + OLDEST_NODE + " or newer with npm (Debian: apt install nodejs npm) and build again;"
                    + " everything else works without it.");
            return;
        }
        Path modules = console.resolve("node_modules");
        Path modulesStamp = modules.resolve(".moa-lock");
        String lock = digest(console, List.of("package.json", "package-lock.json"));
        if (!Files.exists(modulesStamp) || !Files.readString(modulesStamp).equals(lock)) {
            run(console, "npm", "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error");
            Files.writeString(modulesStamp, lock);
        }
        run(console, "npm", "run", "--silent", job);
        if (job.equals("build")) {
            requireSmall(made.getParent());
        }
        Files.createDirectories(target);
        Files.writeString(stamp, inputs);
    }

    /** The console opens at once on a bad line: all of it, compressed, has a limit. */
    private static void requireSmall(Path folder) throws IOException {
        long size = 0;
        try (var files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                var compressed = new ByteArrayOutputStream();
                try (var gzip = new GZIPOutputStream(compressed)) {
                    Files.copy(file, gzip);
                }
                size += compressed.size();
            }
        }
        System.out.println("The console is built: " + size / 1000 + " kB compressed");
        if (size > MOST_BYTES) {
            System.out.println("[ERROR] The console is " + size + " bytes compressed (limit " + MOST_BYTES + "): take something out");
            System.exit(1);
        }
    }

    /** Returns what is missing, in words, or null. */
    private static String missing() throws InterruptedException {
        try {
            String version = output("node", "--version");
            int major = Integer.parseInt(version.strip().replaceFirst("^v", "").split("\\.")[0]);
            if (major < OLDEST_NODE) {
                return "Node.js is " + version.strip() + ".";
            }
        } catch (IOException | NumberFormatException failure) {
            return "Node.js is not on the PATH.";
        }
        try {
            output("npm", "--version");
            return null;
        } catch (IOException failure) {
            return "npm is not on the PATH.";
        }
    }

    private static String output(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(forThisSystem(command)).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String text = new String(process.getInputStream().readAllBytes());
        if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException(command[0] + " failed");
        }
        return text;
    }

    private static void run(Path folder, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(forThisSystem(command))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .start();
        boolean ended = process.waitFor(8, TimeUnit.MINUTES);
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        if (!ended || process.exitValue() != 0) {
            System.out.println("[ERROR] '" + String.join(" ", command) + "' in " + folder + (ended ? " failed" : " took over 8 minutes")
                    + ". To build without the console: -Dmoa.console.skip=true");
            System.exit(1);
        }
    }

    private static List<String> forThisSystem(String[] command) {
        boolean windows = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("windows");
        List<String> words = new ArrayList<>(windows ? List.of("cmd", "/c") : List.of());
        words.addAll(List.of(command));
        return words;
    }

    private static String digest(Path console, List<String> inputs) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (String input : inputs) {
            Path path = console.resolve(input);
            if (!Files.exists(path)) {
                continue;
            }
            List<Path> files = new ArrayList<>();
            Files.walkFileTree(path, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    files.add(file);
                    return FileVisitResult.CONTINUE;
                }
            });
            files.sort(null);
            for (Path file : files) {
                digest.update(console.relativize(file).toString().replace(File.separatorChar, '/').getBytes());
                digest.update(Files.readAllBytes(file));
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
