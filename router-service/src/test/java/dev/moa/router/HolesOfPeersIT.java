package dev.moa.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.testkit.redis.RedisProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The ways by which other registries were entered, tried on a router that asks for tokens. */
class HolesOfPeersIT {
    private static final String OPS = "operator-91c44be07d";
    private static final String SERVICE = "service-91c44be07d1";

    private static RedisProcess redis;
    private static RunningRouter router;
    private static int moaPort;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        redis = new RedisProcess(directory).start();
        try (ServerSocket free = new ServerSocket(0)) {
            moaPort = free.getLocalPort();
        }
        router = RunningRouter.start(
                redis.url(),
                directory.resolve("snapshots"),
                "--moa.server.port=" + moaPort,
                "--moa.security.tokens.ops.secret=" + OPS,
                "--moa.security.tokens.ops.role=operator",
                "--moa.security.tokens.user.secret=" + SERVICE,
                "--moa.security.tokens.user.services=/service/user");
    }

    @AfterAll
    static void stop() throws Exception {
        router.close();
        redis.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "Nacos CVE-2021-29441: a server's user agent | /v1/sources/live | User-Agent | Nacos-Server",
                "Nacos 4701: another shape of the address | /v1/sources/live/ | User-Agent | Nacos-Server",
                "Nacos 4701: a semicolon | /v1/sources;a=b/live | Accept | */*",
                "Nacos 4701: escaped letters | /v1/%73ources/live | Accept | */*",
                "Nacos 4701: out of what is open | /actuator/health/..;/..;/v1/sources/live | Accept | */*",
                "Nacos 4779: the default identity header | /v1/sources/live | serverIdentity | security",
                "Nacos 10060: a token signed with the default key | /v1/sources/live | Authorization | Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJuYWNvcyIsImV4cCI6OTk5OTk5OTk5OX0.x",
                "Nacos: the default password | /v1/sources/live | Authorization | Basic bmFjb3M6bmFjb3M=",
                "Eureka 755, 1285: no credentials at all | /v1/sources/live | Accept | */*",
                "a name instead of a token | /v1/sources/live | Moa-Actor | ops"
            })
    void strangerSwitchesNothing(String hole, String path, String header, String value) {
        RunningRouter.Reply reply = router.send("PUT", path, "{\"enabled\":false}", header, value);

        assertThat(reply.status()).isBetween(400, 499);
        assertStillOn();
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/sources/live",
        "/v1/sources/live/",
        "/v1/sources;a=b/live",
        "/v1/sources/live;a=b",
        "/v1/%73ources/live",
        "/v1/./sources/live",
        "//v1/sources/live"
    })
    void tokenOfAServiceIsNoOperatorsHoweverTheAddressIsSpelled(String path) {
        RunningRouter.Reply reply =
                router.send("PUT", path, "{\"enabled\":false}", "Authorization", "Bearer " + SERVICE);

        assertThat(reply.status()).isBetween(400, 499);
        assertStillOn();
        assertThat(router.send("PUT", "/v1/sources/live", "{\"enabled\":true}", "Authorization", "Bearer " + OPS)
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "SENTINEL masters",
        "SENTINEL get-master-addr-by-name /service/user",
        "SUBSCRIBE +switch-master",
        "GET {}"
    })
    void strangerGetsNothingByRespOrSentinel(String command) throws IOException {
        assertThat(said(resp(command))).startsWith("-NOAUTH");
        assertThat(said(resp("AUTH wrong-91c44be07d12") + resp(command))).contains("-WRONGPASS", "-NOAUTH");
    }

    @Test
    void nacos13272SerialisedObjectsAreNotRead() throws IOException {
        byte[] java = {(byte) 0xac, (byte) 0xed, 0, 5, 's', 'r', 0, 1, 'A', 0, 0, 0, 0};
        byte[] hessian = {'c', 2, 0, 'm', 0, 3, 'f', 'o', 'o', 'z'};

        for (byte[] bytes : new byte[][] {java, hessian}) {
            assertThat(answer(bytes)).doesNotContain("ClassNotFound").doesNotContain("+OK");
        }
        for (String name : new String[] {
            "com.caucho.hessian.io.HessianInput",
            "com.alipay.hessian.ClassNameResolver",
            "com.alibaba.com.caucho.hessian.io.Hessian2Input",
            "com.alipay.sofa.jraft.Node"
        }) {
            assertThat(getClass().getClassLoader().getResource(name.replace('.', '/') + ".class"))
                    .as(name)
                    .isNull();
        }
    }

    private static void assertStillOn() {
        assertThat(router.get("/v1/sources", "Authorization", "Bearer " + OPS).body())
                .doesNotContain("\"enabled\":false");
    }

    private static String resp(String command) {
        String[] words = command.split(" ");
        StringBuilder text = new StringBuilder("*" + words.length + "\r\n");
        Arrays.stream(words)
                .forEach(word -> text.append("$")
                        .append(word.length())
                        .append("\r\n")
                        .append(word)
                        .append("\r\n"));
        return text.toString();
    }

    private static String said(String commands) throws IOException {
        return answer((commands + resp("QUIT")).getBytes(StandardCharsets.US_ASCII));
    }

    private static String answer(byte[] bytes) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", moaPort)) {
            socket.setSoTimeout(3_000);
            OutputStream out = socket.getOutputStream();
            out.write(bytes);
            out.flush();
            socket.shutdownOutput();
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
