package dev.moa.spring.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.moa.spring.MoaAutoConfiguration;
import dev.moa.spring.MoaService;
import dev.moa.spring.security.MoaSecurityAutoConfiguration;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class MoaHealthTests {

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    MoaAutoConfiguration.class, MoaSecurityAutoConfiguration.class, MoaHealthAutoConfiguration.class))
            .withBean(PoliteGreeter.class)
            .withPropertyValues("moa.statistics.enabled=false", "moa.app=tests");

    interface Greeter {
        String greet(String name);
    }

    @MoaService("/service/greeter")
    static class PoliteGreeter implements Greeter {
        @Override
        public String greet(String name) {
            return "hello " + name;
        }
    }

    private HttpServer registry;

    @BeforeEach
    void startRegistry() throws IOException {
        registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        registry.createContext("/v1/instances", exchange -> {
            byte[] body = "{\"id\":\"i1\",\"incarnation\":3,\"ttlSeconds\":10,\"revision\":1}"
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(201, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        registry.start();
    }

    @AfterEach
    void stopRegistry() {
        registry.stop(0);
    }

    @Test
    void healthTellsOfRegistrationAndRouter() {
        application.withPropertyValues("moa.registry.urls=" + url()).run(context -> {
            HealthIndicator health = context.getBean("moaHealthIndicator", HealthIndicator.class);

            await().untilAsserted(() -> assertThat(service(health)).containsEntry("registered", true));
            assertThat(Objects.requireNonNull(health.health()).getStatus()).isEqualTo(Status.UP);
            assertThat(details(health))
                    .containsEntry("inFlight", 0)
                    .containsEntry("served", 0L)
                    .containsEntry("router", "not connected");
        });
    }

    @Test
    void registryThatIsAwayIsToldButCallsGoOn() {
        application.withPropertyValues("moa.registry.urls=http://127.0.0.1:1").run(context -> {
            HealthIndicator health = context.getBean("moaHealthIndicator", HealthIndicator.class);

            await().untilAsserted(() -> assertThat(service(health)).containsKey("problem"));
            assertThat(service(health)).containsEntry("registered", false);
            assertThat(Objects.requireNonNull(health.health()).getStatus()).isEqualTo(Status.UP);
        });
    }

    @Test
    void unregisteredIsOutOfServiceWhereThatIsAskedFor() {
        application
                .withPropertyValues("moa.registry.urls=http://127.0.0.1:1", "moa.health.require-registered=true")
                .run(context -> assertThat(
                                Objects.requireNonNull(context.getBean("moaHealthIndicator", HealthIndicator.class)
                                                .health())
                                        .getStatus())
                        .isEqualTo(Status.OUT_OF_SERVICE));
    }

    @Test
    void infoNamesPortServicesAndInstances() {
        application.withPropertyValues("moa.registry.urls=" + url()).run(context -> {
            InfoContributor contributor = context.getBean(InfoContributor.class);

            await().untilAsserted(() -> assertThat(moa(contributor).toString()).contains("incarnation=3"));
            assertThat((Integer) moa(contributor).get("port")).isPositive();
            assertThat(moa(contributor).get("services").toString()).contains("/service/greeter", "instance=");
        });
    }

    private String url() {
        return "http://127.0.0.1:" + registry.getAddress().getPort();
    }

    private static Map<String, Object> details(HealthIndicator indicator) {
        Health health = Objects.requireNonNull(indicator.health());
        return health.getDetails();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> service(HealthIndicator indicator) {
        return (Map<String, Object>) ((Map<String, Object>) details(indicator).get("services")).get("/service/greeter");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> moa(InfoContributor contributor) {
        Info.Builder info = new Info.Builder();
        contributor.contribute(info);
        return (Map<String, Object>) info.build().get("moa");
    }
}
