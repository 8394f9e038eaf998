package dev.moa.compatibility;

import static dev.moa.compatibility.JavaPrograms.java;
import static dev.moa.compatibility.Need.NODE;
import static dev.moa.compatibility.Need.NOTHING;
import static dev.moa.compatibility.Need.PHPREDIS;
import static dev.moa.compatibility.Need.PIP;
import static dev.moa.compatibility.Need.REDIS_PY;
import static dev.moa.compatibility.Need.REDIS_TOOLS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every client in its default configuration against one running service; one row for each. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CompatibilityIT {

    static final List<StockClient> CLIENTS = List.of(
            StockClient.of("redis-cli", REDIS_TOOLS, List.of("sh", "src/test/clients/redis-cli.sh"))
                    .without("moving"),
            StockClient.of("redis-benchmark", REDIS_TOOLS, List.of("sh", "src/test/clients/redis-benchmark.sh"))
                    .without("multi", "resp2", "restart", "moving")
                    .printing("ran"),
            StockClient.of("phpredis", PHPREDIS, List.of("php", "src/test/clients/phpredis.php"))
                    .without("resp2", "resp3", "moving")
                    .with("pconnect", "select", "json", "prefix"),
            StockClient.of("redis-py 4", REDIS_PY, List.of("/usr/bin/python3", "src/test/clients/redis-py.py"))
                    .without("resp2", "resp3", "moving"),
            StockClient.of("redis-py 8", PIP, List.of("/usr/bin/python3", "src/test/clients/redis-py.py")),
            StockClient.of("node-redis 4", NODE, node("node-redis.js", "redis4"))
                    .without("resp2", "resp3", "moving")
                    .thatWaits(),
            StockClient.of("node-redis 5", NODE, node("node-redis.js", "redis5"))
                    .without("moving")
                    .thatWaits(),
            StockClient.of("node-redis 6", NODE, node("node-redis.js", "redis6"))
                    .thatWaits(),
            StockClient.of("ioredis 5", NODE, node("ioredis.js", "ioredis5"))
                    .without("resp2", "resp3", "moving")
                    .thatWaits(),
            StockClient.of("ioredis 6", NODE, node("ioredis.js", "ioredis6"))
                    .without("moving")
                    .thatWaits(),
            StockClient.of("Jedis 5", NOTHING, java("JedisPoolProgram", "jedis", "5.2.0"))
                    .without("moving"),
            StockClient.of("Jedis 8", NOTHING, java("JedisProgram")).without("moving"),
            StockClient.of("Jedis 8, JedisPool", NOTHING, java("JedisPoolProgram"))
                    .without("moving"),
            StockClient.of("Lettuce 6", NOTHING, java("LettuceProgram", "lettuce-core", "6.8.2.RELEASE"))
                    .without("moving")
                    .thatWaits(),
            StockClient.of("Lettuce 7", NOTHING, java("LettuceProgram moving")).thatWaits(),
            StockClient.of("Redisson 4", NOTHING, java("RedissonProgram"))
                    .without("moving")
                    .thatWaits(),
            StockClient.of("Spring Data Redis", NOTHING, java("SpringDataProgram", "lettuce-core", "7.5.2.RELEASE"))
                    .without("resp2", "resp3")
                    .thatWaits());

    private final MatrixTable table = new MatrixTable();
    private GreeterInstance open;
    private GreeterInstance guarded;

    @BeforeAll
    void start() {
        open = GreeterInstance.open("open");
        guarded = GreeterInstance.guarded();
    }

    @AfterAll
    void stop() throws IOException {
        open.close();
        guarded.close();
        table.write(Path.of("target/compatibility.txt"), CLIENTS);
    }

    @ParameterizedTest
    @MethodSource("clients")
    @Execution(ExecutionMode.CONCURRENT)
    void callsAsItIs(StockClient client) throws Exception {
        client.need().assume();
        if (client.need() == NODE) {
            NodePackages.install();
        } else if (client.need() == PIP) {
            PythonPackages.install();
        }

        ClientRun run = new ClientRun();
        run.run(client, open.port(), guarded.port());
        table.put(client, run.cells());

        assertThat(run.cells().keySet()).as(run.other()).containsExactlyInAnyOrderElementsOf(client.cells());
        run.cells()
                .forEach((cell, value) -> assertThat(value)
                        .as("%s of %s, %s", cell, client, run.other())
                        .matches(text -> client.accepts(cell, text), "what a call is answered with"));
    }

    @Test
    void thePageNamesEveryClient() throws IOException {
        String page = Files.readString(Path.of("../docs/clients.md"));

        assertThat(CLIENTS)
                .filteredOn(client -> !page.contains("| " + client.name() + " |"))
                .as("rows that docs/clients.md does not have")
                .isEmpty();
    }

    private static List<String> node(String program, String version) {
        return List.of("node", "target/clients/node/" + program, version);
    }

    static List<StockClient> clients() {
        return CLIENTS;
    }
}
