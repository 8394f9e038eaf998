package dev.moa.protocol.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.moa.protocol.Caller;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Programs that know nothing of moa, as they are, against a real port. */
class StockClientsIT {

    private static final String HELLO =
            "{\"service\":\"/service/helloworld\",\"method\":\"hello\",\"args\":[\"world\"]}";
    private static final String REPLY = "{\"code\":0,\"result\":\"hello world\"}";

    private final MoaPort open =
            MoaPort.builder(new HelloHandler()).port(0).name("open").build();
    private final MoaPort guarded = MoaPort.builder(new HelloHandler())
            .port(0)
            .name("guarded")
            .authenticator(Authenticator.tokens(Map.of("s3cret", new Caller("feed", Caller.Role.SERVICE, Set.of()))))
            .build();

    @BeforeEach
    void start() {
        open.start();
        guarded.start();
    }

    @AfterEach
    void stop() {
        open.close();
        guarded.close();
    }

    @Test
    void redisCliCalls() throws Exception {
        assumeProgram("redis-cli", "redis-tools");

        assertThat(run("redis-cli", "-p", port(open), "GET", HELLO)).isEqualTo(REPLY + "\n");
        assertThat(run("redis-cli", "-3", "-n", "2", "-p", port(open), "MGET", HELLO, HELLO))
                .isEqualTo(REPLY + "\n" + REPLY + "\n");
        assertThat(run("redis-cli", "--no-auth-warning", "-a", "s3cret", "-p", port(guarded), "GET", HELLO))
                .isEqualTo(REPLY + "\n");
        assertThat(run("redis-cli", "-p", port(guarded), "GET", HELLO)).startsWith("NOAUTH");
    }

    @Test
    void redisBenchmarkRuns() throws Exception {
        assumeProgram("redis-benchmark", "redis-tools");

        String output =
                run("redis-benchmark", "-p", port(open), "-n", "20000", "-c", "20", "-P", "8", "--csv", "get", HELLO);

        assertThat(output).contains("\"rps\"").doesNotContain("ERR");
    }

    @Test
    void redisPyCalls() throws Exception {
        assumeTrue(
                exitCode("/usr/bin/python3", "-c", "import redis") == 0,
                "needs redis for Python: apt-get install python3-redis");
        String script = """
                import redis, sys
                for extra in ({}, {'db': 1}):
                    r = redis.Redis(port=int(sys.argv[1]), decode_responses=True, **extra)
                    print(r.get(sys.argv[3]))
                    print(r.mget([sys.argv[3], 'x'])[0])
                    p = r.pipeline(transaction=False)
                    for i in range(3): p.get(sys.argv[3])
                    print(len(p.execute()))
                print(redis.Redis(port=int(sys.argv[2]), password='s3cret', decode_responses=True).get(sys.argv[3]))
                """;

        String output = run("/usr/bin/python3", "-c", script, port(open), port(guarded), HELLO);

        String once = REPLY + "\n" + REPLY + "\n3\n";
        assertThat(output).isEqualTo(once + once + REPLY + "\n");
    }

    @Test
    void phpredisCalls() throws Exception {
        assumeTrue(
                exitCode("php", "-r", "exit(extension_loaded('redis') ? 0 : 1);") == 0,
                "needs phpredis: apt-get install php-cli php-redis");
        String script = """
                $r = new Redis(); $r->connect('127.0.0.1', (int) $argv[1]);
                echo $r->get($argv[3]), "\\n";
                echo implode("\\n", $r->mget([$argv[3], $argv[3]])), "\\n";
                $r->setOption(Redis::OPT_SERIALIZER, Redis::SERIALIZER_JSON);
                echo $r->get($argv[3])['result'], "\\n";
                $r->setOption(Redis::OPT_PREFIX, 'pre:');
                echo $r->get($argv[3])['code'], "\\n";
                $p = new Redis(); $p->pconnect('127.0.0.1', (int) $argv[2]);
                var_dump($p->auth('s3cret'), $p->select(3));
                echo $p->get($argv[3]), "\\n";
                """;

        String output = run("php", "-r", script, "--", port(open), port(guarded), HELLO);

        assertThat(output)
                .isEqualTo(REPLY + "\n" + REPLY + "\n" + REPLY + "\nhello world\n3\nbool(true)\nbool(true)\n" + REPLY
                        + "\n");
    }

    private static String port(MoaPort port) {
        return Integer.toString(port.port());
    }

    private static void assumeProgram(String program, String debianPackage) throws Exception {
        assumeTrue(exitCode(program, "--version") == 0, "needs " + program + ": apt-get install " + debianPackage);
    }

    private static int exitCode(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(10, TimeUnit.SECONDS) ? process.exitValue() : -1;
        } catch (IOException e) {
            return -1;
        }
    }

    private static String run(String... command) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(command));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        process.getOutputStream().close();
        byte[] output = process.getInputStream().readAllBytes();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return new String(output, StandardCharsets.UTF_8);
    }
}
