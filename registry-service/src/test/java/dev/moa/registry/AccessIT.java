package dev.moa.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.protocol.client.MoaConnection;
import dev.moa.registry.RegistryApp.Answer;
import dev.moa.testkit.redis.RedisProcess;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may do what at a registry that asks for tokens, by both doors, and how other registries were entered. */
class AccessIT {
    private static final String USER_TOKEN = "4c0f1e7a9d2b5836";
    private static final String OPERATOR_TOKEN = "b7d3906e2fa148c5";
    private static final String READER_TOKEN = "91e6c4a0d8f3b275";
    private static final String BUSY_TOKEN = "27c5f0be913da846";
    private static final String NARROW_TOKEN = "5ad81f03c7be6924";
    private static final String EAGER_TOKEN = "e09b47d2c61f3a58";
    private static final String BULK_TOKEN = "c3e85b19f7d0624a";
    private static final String OTHER_TOKEN = "8f20d6b41ce97a53";
    private static final String LOOKUP_TOKEN = "d419c7e05b3fa286";
    private static final ServiceName REGISTRY = ServiceName.of("/service/registry");

    private static RedisProcess redis;
    private static RegistryApp app;

    @BeforeAll
    static void start(@TempDir Path data) {
        redis = new RedisProcess(data).start();
        app = new RegistryApp(
                redis.url(),
                "--moa.security.tokens.user.secret=" + USER_TOKEN,
                "--moa.security.tokens.user.services=/service/user",
                "--moa.security.tokens.narrow.secret=" + NARROW_TOKEN,
                "--moa.security.tokens.narrow.services=/service/user",
                "--moa.security.tokens.other.secret=" + OTHER_TOKEN,
                "--moa.security.tokens.router.secret=" + LOOKUP_TOKEN,
                "--moa.security.tokens.router.services=/service/lookup",
                "--moa.security.tokens.boss.secret=" + OPERATOR_TOKEN,
                "--moa.security.tokens.boss.role=operator",
                "--moa.security.tokens.eager.secret=" + EAGER_TOKEN,
                "--moa.security.tokens.eye.secret=" + READER_TOKEN,
                "--moa.security.tokens.eye.role=reader",
                "--moa.security.tokens.busy.secret=" + BUSY_TOKEN,
                "--moa.security.tokens.bulk.secret=" + BULK_TOKEN,
                "--moa.registry.http.writes-per-second=1",
                "--moa.registry.http.writes-burst=20");
    }

    @AfterAll
    static void stop() {
        app.close();
        redis.close();
    }

    @Test
    void tokenActsForItsServicesOnly() {
        Answer own = send(USER_TOKEN, "/service/user", 30);
        Answer other = send(USER_TOKEN, "/service/site", 30);
        Answer byOperator = send(OPERATOR_TOKEN, "/service/site", 30);
        Answer byReader = send(READER_TOKEN, "/service/site", 30);
        Answer byNobody = app.get("/v1/services");
        String id = byOperator.json().get("id").stringValue();
        String path = "/v1/instances/" + id + "?incarnation="
                + byOperator.json().get("incarnation").longValue();
        Answer stolen = app.send(HttpRequest.newBuilder(app.uri(path))
                .header("Authorization", "Bearer " + USER_TOKEN)
                .DELETE());
        Answer posing = app.send(HttpRequest.newBuilder(app.uri("/v1/instances/"
                        + own.json().get("id").stringValue() + "?reason=operator&incarnation="
                        + own.json().get("incarnation").longValue()))
                .header("Authorization", "Bearer " + USER_TOKEN)
                .DELETE());

        Answer meddling = app.send(HttpRequest.newBuilder(app.uri("/v1/overrides"))
                .header("Authorization", "Bearer " + USER_TOKEN)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"service\":\"/service/user\",\"scope\":{},\"set\":{\"weight\":0},\"reason\":\"x\"}")));
        Answer drainingAnother = app.send(HttpRequest.newBuilder(app.uri(path.replace("?", "/drain?")))
                .header("Authorization", "Bearer " + USER_TOKEN)
                .POST(HttpRequest.BodyPublishers.noBody()));

        assertThat(meddling.status()).isEqualTo(403);
        assertThat(drainingAnother.status()).isEqualTo(403);
        assertThat(own.status()).isEqualTo(201);
        assertThat(other.status()).isEqualTo(403);
        assertThat(other.json().get("detail").stringValue()).contains("user", "/service/site");
        assertThat(byOperator.status()).isEqualTo(201);
        assertThat(byReader.status()).isEqualTo(403);
        assertThat(byNobody.status()).isEqualTo(401);
        assertThat(stolen.status()).isEqualTo(403);
        assertThat(posing.status()).isEqualTo(403);
        assertThat(app.get("/actuator/health").status()).isEqualTo(200);
    }

    @Test
    void tokenForAllServicesIsNotForThoseToWhomEverybodyShowsTheirs() {
        Answer any = send(OTHER_TOKEN, "/service/any", 30);
        Answer posing = send(OTHER_TOKEN, "/service/lookup", 30);
        Answer named = send(LOOKUP_TOKEN, "/service/lookup", 30);
        Answer byOperator = send(OPERATOR_TOKEN, "/service/monitor", 30);

        assertThat(any.status()).isEqualTo(201);
        assertThat(posing.status()).isEqualTo(403);
        assertThat(posing.json().get("detail").stringValue()).contains("other", "/service/lookup");
        assertThat(named.status()).isEqualTo(201);
        assertThat(byOperator.status()).isEqualTo(201);
    }

    @Test
    void readerWatchesManyServicesByABodyAndStillWritesNothing() throws Exception {
        HttpRequest watch = HttpRequest.newBuilder(app.uri("/v1/watch"))
                .header("Authorization", "Bearer " + READER_TOKEN)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"services\":[\"/service/user\",\"/service/site\"]}"))
                .build();
        HttpResponse<InputStream> told = HttpClient.newHttpClient()
                .sendAsync(watch, HttpResponse.BodyHandlers.ofInputStream())
                .get(5, TimeUnit.SECONDS);
        told.body().close();
        Answer batch = app.send(HttpRequest.newBuilder(app.uri("/v1/instances/batch"))
                .header("Authorization", "Bearer " + READER_TOKEN)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"instances\":[]}")));

        assertThat(told.statusCode()).isEqualTo(200);
        assertThat(batch.status()).isEqualTo(403);
    }

    @Test
    void callerThatWritesTooMuchIsToldToWaitAndTheOthersAreNot() {
        Answer last = send(BUSY_TOKEN, "/service/busy", 30);
        for (int i = 0; i < 100 && last.status() == 201; i++) {
            last = send(BUSY_TOKEN, "/service/busy", 30);
        }
        Answer other = send(OPERATOR_TOKEN, "/service/calm", 30);

        assertThat(last.status()).isEqualTo(429);
        assertThat(last.response().headers().firstValue("Retry-After")).isPresent();
        assertThat(last.json().get("value").stringValue()).isEqualTo("busy");
        assertThat(other.status()).isEqualTo(201);
    }

    @Test
    void manyRegistrationsAtOnceAreAsManyWrites() {
        Answer first = sendBatch(BULK_TOKEN, 15);
        Answer second = sendBatch(BULK_TOKEN, 15);
        Answer one = send(BULK_TOKEN, "/service/bulk", 30);

        assertThat(first.status()).isEqualTo(200);
        assertThat(first.json().get("results")).hasSize(15);
        assertThat(second.status()).isEqualTo(429);
        assertThat(second.response().headers().firstValue("Retry-After")).isPresent();
        assertThat(second.json().get("value").stringValue()).isEqualTo("bulk");
        assertThat(one.status()).isEqualTo(201);
    }

    @Test
    void quotaIsOneForBothDoors() throws Exception {
        String body = "[{\"service\":\"/service/user\",\"host\":\"127.0.0.1\",\"port\":7001,\"ttlSeconds\":30}]";
        try (MoaConnection busy = connect(EAGER_TOKEN)) {
            CallResponse last = call(busy, "register", body);
            for (int i = 0; i < 100 && last.isOk(); i++) {
                last = call(busy, "register", body);
            }

            assertThat(last.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
            assertThat(last.message()).contains("writes: eager", "1 a second for one caller");
            assertThat(call(busy, "instances", "[\"/service/user\"]").isOk()).isTrue();
            assertThat(call(busy, "deregister", "[\"L3NlcnZpY2UvdXNlcg.x\",1]").code())
                    .isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
            assertThat(call(busy, "hold", "[[{\"id\":\"L3NlcnZpY2UvdXNlcg.x\",\"incarnation\":1}]]")
                            .code())
                    .isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
        }
        assertThat(send(EAGER_TOKEN, "/service/user", 30).status()).isEqualTo(429);
        assertThat(send(OPERATOR_TOKEN, "/service/user", 30).status()).isEqualTo(201);
    }

    @Test
    void tokenOfAServiceTouchesNoOtherByTheMoaPort() throws Exception {
        String body = "[{\"service\":\"/service/site\",\"host\":\"127.0.0.1\",\"port\":7001,\"ttlSeconds\":30}]";
        Answer site = send(OPERATOR_TOKEN, "/service/site", 30);
        String id = site.json().get("id").stringValue();
        long incarnation = site.json().get("incarnation").longValue();
        String lease = "[[{\"id\":\"%s\",\"incarnation\":%d}]]".formatted(id, incarnation);
        try (MoaConnection narrow = connect(NARROW_TOKEN)) {
            assertThat(call(narrow, "register", body).code()).isEqualTo(StatusCode.PERMISSION_DENIED);
            assertThat(call(narrow, "renew", lease).code()).isEqualTo(StatusCode.PERMISSION_DENIED);
            assertThat(call(narrow, "hold", lease).code()).isEqualTo(StatusCode.PERMISSION_DENIED);
            assertThat(call(narrow, "deregister", "[\"%s\",%d]".formatted(id, incarnation))
                            .code())
                    .isEqualTo(StatusCode.PERMISSION_DENIED);
        }
        assertThat(listed("/service/site")).contains(id);
    }

    /** Ways by which other registries were entered without a password, by the names under which they are known. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "Nacos CVE-2021-29441, a server's user agent | /v1/instances | User-Agent | Nacos-Server",
                "Nacos 4701, a slash behind the address | /v1/instances/ | User-Agent | Nacos-Server",
                "Nacos 4701, two slashes | //v1/instances | Accept | */*",
                "Nacos 4701, a semicolon | /v1;a=b/instances | Accept | */*",
                "Nacos 4701, out of what is open, escaped | /actuator/health/%2e%2e/%2e%2e/v1/instances | Accept | */*",
                "Nacos 4701, out of what is open | /actuator/health/..;/..;/v1/instances | Accept | */*",
                "Nacos 4779, the default identity header | /v1/instances | serverIdentity | security",
                "Nacos 10060, a token signed with the default key | /v1/instances | Authorization | Bearer"
                        + " eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJuYWNvcyIsImV4cCI6OTk5OTk5OTk5OX0.x",
                "Nacos, the default name as a token | /v1/instances | Authorization | Bearer nacos",
                "Nacos, the default password | /v1/instances | Authorization | Basic bmFjb3M6bmFjb3M=",
                "Nacos, the token in the address | /v1/instances?accessToken=" + OPERATOR_TOKEN + " | Accept | */*",
                "Nacos 4463 and 10613, SQL without a password | /nacos/v1/cs/ops/derby?sql=select | Accept | */*",
                "Eureka 755 and 1285, no password at all | /v1/instances | Accept | */*",
                "Eureka, its own address | /eureka/apps/USER | Accept | */*",
                "from this machine, it says | /v1/instances | X-Forwarded-For | 127.0.0.1",
                "another method, it says | /v1/instances | X-HTTP-Method-Override | GET",
                "a name instead of a token | /v1/instances | Moa-Actor | boss"
            })
    void wayInThatOtherRegistriesLeftOpenIsClosed(String hole, String path, String header, String value) {
        Answer answer = app.send(HttpRequest.newBuilder(app.uri(path))
                .header("Content-Type", "application/json")
                .header(header, value)
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"service\":\"/service/hole\",\"host\":\"127.0.0.1\",\"port\":1}")));

        assertThat(answer.status()).isBetween(400, 499);
        assertThat(listed("/service/hole")).contains("\"instances\":[]");
    }

    @Test
    void eureka1630AnotherServicesStatusIsNotOverridden() {
        Answer site = send(OPERATOR_TOKEN, "/service/site", 30);
        String path = "/v1/instances/" + site.json().get("id").stringValue() + "?incarnation="
                + site.json().get("incarnation").longValue();

        Answer patched = app.send(HttpRequest.newBuilder(app.uri(path))
                .header("Authorization", "Bearer " + NARROW_TOKEN)
                .header("Content-Type", "application/json")
                .method("PATCH", HttpRequest.BodyPublishers.ofString("{\"status\":\"DOWN\"}")));
        Answer restored = app.send(HttpRequest.newBuilder(app.uri("/v1/intent"))
                .header("Authorization", "Bearer " + NARROW_TOKEN)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString("{\"overrides\":[]}")));

        assertThat(patched.status()).isEqualTo(403);
        assertThat(patched.json().get("todo").stringValue()).contains("services names the service");
        assertThat(restored.status()).isEqualTo(403);
        assertThat(restored.json().get("todo").stringValue()).isEqualTo("use a token with the role operator");
        assertThat(listed("/service/site")).doesNotContain("DOWN");
    }

    @Test
    void nacos13272NothingHereReadsSerialisedObjects() {
        for (String name : new String[] {
            "com.caucho.hessian.io.HessianInput",
            "com.alibaba.com.caucho.hessian.io.Hessian2Input",
            "com.alipay.hessian.ClassNameResolver",
            "com.alipay.sofa.jraft.Node",
            "org.apache.derby.jdbc.EmbeddedDriver"
        }) {
            assertThat(getClass().getClassLoader().getResource(name.replace('.', '/') + ".class"))
                    .as(name)
                    .isNull();
        }
    }

    private static MoaConnection connect(String token) throws Exception {
        return MoaConnection.open(
                        new InetSocketAddress("127.0.0.1", app.moaPort()),
                        ConnectionOptions.defaults().withToken(token))
                .get(5, TimeUnit.SECONDS);
    }

    private static CallResponse call(MoaConnection connection, String method, String args) throws Exception {
        return connection
                .call(CallRequest.of(REGISTRY, method, Payload.json(args)), Deadline.afterMillis(3_000))
                .get(5, TimeUnit.SECONDS);
    }

    private static String listed(String service) {
        return app.send(HttpRequest.newBuilder(app.uri("/v1/instances?service=" + service))
                        .header("Authorization", "Bearer " + READER_TOKEN)
                        .GET())
                .json()
                .toString();
    }

    private static Answer sendBatch(String token, int count) {
        String all = IntStream.range(0, count)
                .mapToObj(i -> "{\"service\":\"/service/bulk\",\"host\":\"127.0.0.1\",\"port\":%d}".formatted(7100 + i))
                .collect(Collectors.joining(","));
        return app.send(HttpRequest.newBuilder(app.uri("/v1/instances/batch"))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"instances\":[" + all + "]}")));
    }

    private static Answer send(String token, String service, int ttlSeconds) {
        return app.send(HttpRequest.newBuilder(app.uri("/v1/instances"))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"service\":\"%s\",\"host\":\"127.0.0.1\",\"port\":7001,\"ttlSeconds\":%d}"
                                .formatted(service, ttlSeconds))));
    }
}
