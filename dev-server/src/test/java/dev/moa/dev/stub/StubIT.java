package dev.moa.dev.stub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.moa.protocol.ServiceName;
import dev.moa.sdk.MoaServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The committed stubs call a running service, each with its language's own Redis client. */
class StubIT {

    private static final Path TSC = Path.of("../console/node_modules/.bin/tsc").toAbsolutePath();
    private static final String FIND = "find 7 CNY tea 2.5 true null";
    private static final String NOTES = "note [null,\"note 5\"]";
    private static final String ECHO = "echo {\"deep\":[{\"name\":\"tea\",\"price\":2.5}]}";
    private static final String DECLARED = "declared -1 2 no order -1";
    private static final String FAILED = "failed INVALID_ARGUMENT";

    private static MoaServer server;

    @TempDir
    Path directory;

    @BeforeAll
    static void start() {
        server = MoaServer.builder()
                .app("orders")
                .publish(ServiceName.of("/service/orders"), Orders.class, new KeptOrders())
                .build()
                .start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void phpCalls() throws Exception {
        needs("phpredis", "php-cli php-redis", "php", "-r", "exit(extension_loaded('redis') ? 0 : 1);");
        String script = StubsTests.STUBS.resolve("orders.php").toString();

        List<String> expected =
                List.of(FIND, "search 1:x 2:x", "none 0", "pay Moa\\Orders\\Cash 3 EUR", NOTES, ECHO, DECLARED, FAILED);
        assertThat(run("php", script, port()).lines()).containsExactlyElementsOf(expected);
        assertThat(run("php", script, port(), "json").lines()).containsExactlyElementsOf(expected);
    }

    @Test
    void pythonCalls() throws Exception {
        needs("redis for Python", "python3-redis", "/usr/bin/python3", "-c", "import redis");

        assertThat(run(
                                "/usr/bin/python3",
                                "-B",
                                StubsTests.STUBS.resolve("orders.py").toString(),
                                port())
                        .lines())
                .containsExactly(FIND, "search 1:x 2:x", "none 0", "pay Cash 3.0 EUR", NOTES, ECHO, DECLARED, FAILED);
    }

    @Test
    void typeScriptIsStrictAndCallsByHttpAndRedis() throws Exception {
        needs("Node with npm", "nodejs npm", "npm", "--version");
        assumeTrue(Files.exists(TSC), "the console's packages are not installed: ./mvnw -pl console package");
        for (String file : List.of("package.json", "package-lock.json", "OrdersClient.ts", "orders.ts")) {
            Files.copy(StubsTests.STUBS.resolve(file), directory.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        run("npm", "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error");
        run(
                "node",
                TSC.toString(),
                "--strict",
                "--noUncheckedIndexedAccess",
                "--exactOptionalPropertyTypes",
                "--noUnusedLocals",
                "--skipLibCheck",
                "--target",
                "es2022",
                "--lib",
                "es2023,dom",
                "--module",
                "nodenext",
                "--types",
                "",
                "OrdersClient.ts",
                "orders.ts");

        List<String> lines = run("node", "orders.js", port()).lines().toList();

        List<String> calls = List.of(FIND, "search 1:x 2:x", "none 0", "pay Cash 3 EUR", NOTES, ECHO, DECLARED, FAILED);
        assertThat(lines.subList(0, 8)).isEqualTo(calls);
        assertThat(lines.get(8)).isEqualTo("redis");
        assertThat(lines.subList(9, 17)).isEqualTo(calls);
    }

    private static String port() {
        return Integer.toString(server.port());
    }

    private static void needs(String program, String debianPackages, String... check) throws InterruptedException {
        boolean there;
        try {
            Process process = new ProcessBuilder(check)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            there = process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            there = false;
        }
        assumeTrue(there, program + " is missing: apt-get install " + debianPackages);
    }

    /** Runs a program, npm's among them in a directory of its own, and returns what it printed; fails if it fails. */
    private String run(String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("moa-stub", ".log");
        boolean here = command[0].startsWith("/") || command[0].equals("php");
        Process process = new ProcessBuilder(command)
                .directory(here ? null : directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(90, TimeUnit.SECONDS);
        process.destroyForcibly();
        String text = Files.readString(output);
        Files.delete(output);
        assertThat(ended && process.exitValue() == 0)
                .as("%s printed:%n%s", List.of(command), text)
                .isTrue();
        return text;
    }
}
