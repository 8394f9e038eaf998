package dev.moa.spring.ssl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.CallContext;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.sdk.MoaClient;
import dev.moa.sdk.MoaServer;
import dev.moa.sdk.balance.Balancer;
import dev.moa.sdk.lookup.InstanceAddress;
import dev.moa.sdk.lookup.LookupJson;
import dev.moa.sdk.lookup.StaticDirectory;
import dev.moa.spring.CallHandlerRegistration;
import dev.moa.spring.MoaAutoConfiguration;
import dev.moa.spring.MoaService;
import dev.moa.spring.PublishedServer;
import dev.moa.spring.security.MoaSecurityAutoConfiguration;
import dev.moa.testkit.redis.Certificates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** TLS between processes, with certificates that openssl makes. */
class MoaSslTests {

    private static final ServiceName GREETER = ServiceName.of("/service/greeter");
    private static final Payload HELLO = Payload.json("\"hello ada from tls\"");
    private static final String CLIENT = "moa.client.ssl.bundle=trust";

    @TempDir
    private static Path directory;

    private static Certificates own;
    private static Certificates other;

    private final List<AutoCloseable> opened = new ArrayList<>();

    @BeforeAll
    static void makeCertificates() {
        own = Certificates.make(directory.resolve("own"));
        other = Certificates.make(directory.resolve("other"));
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    interface Greeter {
        String greet(String name);
    }

    @MoaService("/service/greeter")
    record PoliteGreeter(String own) implements Greeter {
        @Override
        public String greet(String name) {
            return "hello %s from %s".formatted(name, own);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({MoaAutoConfiguration.class, MoaSecurityAutoConfiguration.class, SslAutoConfiguration.class
    })
    static class App {}

    @Configuration(proxyBeanMethods = false)
    static class GreeterApp extends App {
        @Bean
        PoliteGreeter greeter(Environment settings) {
            return new PoliteGreeter(settings.getProperty("greeter.own", "tls"));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class RouterApp extends App {
        @Bean
        CallHandlerRegistration lookup(Environment settings) {
            byte[] answer = LookupJson.write(new StaticDirectory()
                    .put(
                            GREETER,
                            List.of(encrypted(
                                    "127.0.0.1", settings.getRequiredProperty("greeter.port", Integer.class))))
                    .answers()
                    .get(GREETER));
            return new CallHandlerRegistration(
                    ServiceName.of("/service/lookup"),
                    (request, call) -> CompletableFuture.completedFuture(
                            CallResponse.success(request.id(), Payload.json(answer))));
        }
    }

    private ConfigurableApplicationContext start(Class<?> app, String... properties) {
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        TestPropertyValues.of(
                        "moa.registry.urls=", "moa.statistics.enabled=false", "moa.app=tests", "moa.server.drain=10ms")
                .and(properties)
                .applyTo(context);
        context.register(app);
        context.refresh();
        opened.add(0, context);
        return context;
    }

    private static MoaServer server(ConfigurableApplicationContext context) {
        return Objects.requireNonNull(context.getBean(PublishedServer.class).server());
    }

    private static String[] keyOf(Certificates certificates, String bundle) {
        return new String[] {
            "spring.ssl.bundle.pem.%s.keystore.certificate=file:%s".formatted(bundle, certificates.certificate()),
            "spring.ssl.bundle.pem.%s.keystore.private-key=file:%s".formatted(bundle, certificates.key())
        };
    }

    private static String trust(Certificates certificates, String bundle) {
        return "spring.ssl.bundle.pem.%s.truststore.certificate=file:%s".formatted(bundle, certificates.certificate());
    }

    private static String[] all(Object... parts) {
        return Arrays.stream(parts)
                .flatMap(each -> each instanceof String[] many
                        ? Arrays.stream(many)
                        : Arrays.stream(new String[] {(String) each}))
                .toArray(String[]::new);
    }

    private int encryptedPort(String... more) {
        return server(start(GreeterApp.class, all(keyOf(own, "port"), "moa.server.ssl.bundle=port", more)))
                .port();
    }

    private MoaClient client(List<InstanceAddress> instances, String... properties) {
        MoaSsl ssl = start(App.class, properties).getBean(MoaSsl.class);
        MoaClient client = MoaClient.builder()
                .directory(new StaticDirectory().put(GREETER, instances))
                .balancer(Balancer.weightedRoundRobin())
                .timeout(Duration.ofSeconds(3))
                .ssl(ssl.client())
                .sslRequired(ssl.required())
                .build();
        opened.add(0, client);
        return client;
    }

    private static InstanceAddress encrypted(String host, int port) {
        return new InstanceAddress(
                "encrypted",
                1,
                host,
                port,
                InstanceAddress.MOA_PORT_OVER_TLS,
                100,
                null,
                null,
                null,
                null,
                null,
                false);
    }

    private static CallResponse greet(MoaClient client) {
        return client.call(CallRequest.of(GREETER, "greet", Payload.json("[\"ada\"]"))
                        .withCtx(CallContext.EMPTY.withTimeoutMs(3_000)))
                .join();
    }

    @Test
    void onePortServesTheSdkRedisClientsAndHttpOverTls() throws Exception {
        int port = encryptedPort();
        MoaClient client = client(List.of(encrypted("127.0.0.1", port)), trust(own, "trust"), CLIENT);
        String ca = own.certificate().toString();

        assertThat(greet(client).resultOrThrow()).isEqualTo(HELLO);
        assertThat(run(
                        "redis-cli",
                        "--tls",
                        "--cacert",
                        ca,
                        "-p",
                        Integer.toString(port),
                        "GET",
                        "{\"service\":\"/service/greeter\",\"method\":\"greet\",\"args\":[\"ada\"]}"))
                .contains("\"result\":\"hello ada from tls\"");
        assertThat(run(
                        "curl",
                        "-s",
                        "--cacert",
                        ca,
                        "-H",
                        "Content-Type: application/json",
                        "-d",
                        "[\"ada\"]",
                        "https://127.0.0.1:" + port + "/service/greeter/greet"))
                .contains("hello ada");
    }

    @Test
    void fleetMayBeMixed() {
        int port = encryptedPort();
        int plainPort = server(start(GreeterApp.class, "greeter.own=plain")).port();
        InstanceAddress encrypted = encrypted("127.0.0.1", port);
        InstanceAddress plain = InstanceAddress.of("127.0.0.1", plainPort);

        MoaClient able = client(List.of(encrypted, plain), trust(own, "trust"), CLIENT);
        Set<String> answered = new TreeSet<>();
        await().untilAsserted(() -> {
            answered.add(greet(able).resultOrThrow().text());
            assertThat(answered).containsExactly("\"hello ada from plain\"", HELLO.text());
        });
        MoaClient unable = client(List.of(encrypted, plain));
        MoaClient strict = client(
                List.of(encrypted, plain),
                trust(own, "trust"),
                CLIENT,
                "moa.client.ssl.required=true",
                "moa.router.addresses=tls://127.0.0.1:1");
        for (int i = 0; i < 20; i++) {
            assertThat(greet(unable).resultOrThrow().text()).isEqualTo("\"hello ada from plain\"");
            assertThat(greet(strict).resultOrThrow()).isEqualTo(HELLO);
        }

        CallResponse refused = greet(client(List.of(encrypted)));
        assertThat(refused.code()).isEqualTo(StatusCode.UNAVAILABLE);
        assertThat(refused.message())
                .contains("the instance at 127.0.0.1:%d speaks TLS only".formatted(port), "moa.client.ssl.bundle");
        CallResponse unsafe = greet(client(
                List.of(plain),
                trust(own, "trust"),
                CLIENT,
                "moa.client.ssl.required=true",
                "moa.router.addresses=tls://127.0.0.1:1"));
        assertThat(unsafe.message())
                .contains("the instance at 127.0.0.1:%d speaks no TLS".formatted(plainPort), "moa.client.ssl.required");
    }

    @Test
    void whoIsNotTrustedIsNotCalled() {
        int port = encryptedPort();

        CallResponse wrong = greet(client(List.of(encrypted("127.0.0.1", port)), trust(other, "trust"), CLIENT));
        assertThat(wrong.code()).isEqualTo(StatusCode.UNAVAILABLE);
        assertThat(wrong.message()).contains("127.0.0.1:" + port, "TLS: PKIX path");
        CallResponse misnamed = greet(client(List.of(encrypted("localhost", port)), trust(own, "trust"), CLIENT));
        assertThat(misnamed.message()).contains("localhost", "TLS: ");
        MoaClient lenient = client(
                List.of(encrypted("localhost", port)),
                trust(own, "trust"),
                CLIENT,
                "moa.client.ssl.verify-hostname=false");
        assertThat(greet(lenient).code()).isEqualTo(StatusCode.OK);
    }

    @Test
    void clientsShowCertificatesWhereTheyMust() {
        int port = encryptedPort(trust(other, "port"), "moa.server.ssl.client-auth=need");
        InstanceAddress instance = encrypted("127.0.0.1", port);

        assertThat(greet(client(List.of(instance), trust(own, "trust"), CLIENT)).code())
                .isEqualTo(StatusCode.UNAVAILABLE);
        assertThat(greet(client(List.of(instance), all(trust(own, "trust"), keyOf(other, "trust"), CLIENT)))
                        .code())
                .isEqualTo(StatusCode.OK);
    }

    @Test
    void renewedCertificateCountsWithoutARestart() throws IOException {
        Certificates port = new Certificates(directory.resolve("port.crt"), directory.resolve("port.key"));
        Files.copy(own.certificate(), port.certificate());
        Files.copy(own.key(), port.key());
        int number = server(start(
                        GreeterApp.class,
                        all(
                                keyOf(port, "port"),
                                "spring.ssl.bundle.pem.port.reload-on-update=true",
                                "spring.ssl.bundle.watch.file.quiet-period=50ms",
                                "moa.server.ssl.bundle=port")))
                .port();
        MoaClient before = client(List.of(encrypted("127.0.0.1", number)), trust(own, "trust"), CLIENT);
        MoaClient after = client(List.of(encrypted("127.0.0.1", number)), trust(other, "trust"), CLIENT);
        assertThat(greet(before).code()).isEqualTo(StatusCode.OK);
        assertThat(greet(after).code()).isEqualTo(StatusCode.UNAVAILABLE);

        Files.copy(other.certificate(), port.certificate(), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(other.key(), port.key(), StandardCopyOption.REPLACE_EXISTING);

        await().untilAsserted(() -> assertThat(greet(after).code()).isEqualTo(StatusCode.OK));
        // its connection goes on
        assertThat(greet(before).code()).isEqualTo(StatusCode.OK);
    }

    @Test
    void routersAreAskedOverTls() {
        int port = encryptedPort();
        ConfigurableApplicationContext router =
                start(RouterApp.class, all(keyOf(own, "port"), "moa.server.ssl.bundle=port", "greeter.port=" + port));

        MoaClient client = start(
                        App.class,
                        trust(own, "trust"),
                        CLIENT,
                        "moa.client.ssl.required=true",
                        "moa.router.addresses=tls://127.0.0.1:" + server(router).port())
                .getBean(MoaClient.class);

        assertThat(greet(client).resultOrThrow()).isEqualTo(HELLO);
    }

    @Test
    void settingsThatCannotWorkStopTheStart() {
        assertRefused("moa.server.ssl.bundle", "no such bundle (there are: [trust])", "moa.server.ssl.bundle=nobody");
        assertRefused("moa.server.ssl.bundle", "The bundle has no key", "moa.server.ssl.bundle=trust");
        assertRefused("moa.client.ssl.required", "Set moa.client.ssl.bundle", "moa.client.ssl.required=true");
        assertRefused(
                "moa.router.addresses",
                "Write tls://",
                CLIENT,
                "moa.client.ssl.required=true",
                "moa.router.addresses=r:6382");
        assertRefused(
                "moa.registry.urls",
                "Write https://",
                CLIENT,
                "moa.client.ssl.required=true",
                "moa.router.addresses=tls://r:6382",
                "moa.registry.urls=http://r:8081");
        assertRefused("moa.router.addresses", "Set moa.client.ssl.bundle", "moa.router.addresses=tls://r:6382");
        assertRefused(
                "moa.server.ssl.bundle",
                "truststore.certificate",
                all(keyOf(own, "port"), "moa.server.ssl.bundle=port", "moa.server.ssl.client-auth=want"));
    }

    private static void assertRefused(String setting, String words, String... properties) {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        MoaAutoConfiguration.class, MoaSecurityAutoConfiguration.class, SslAutoConfiguration.class))
                .withPropertyValues("moa.registry.urls=", "moa.statistics.enabled=false", trust(own, "trust"))
                .withPropertyValues(properties)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, refused -> {
                            assertThat(refused.getName()).isEqualTo(setting);
                            assertThat(refused.getReason()).contains(words);
                        }));
    }

    private static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
