package dev.moa.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.CallContext;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.protocol.client.MoaConnection;
import dev.moa.sdk.MoaClient;
import dev.moa.sdk.MoaServer;
import dev.moa.sdk.call.CallSettings;
import dev.moa.sdk.call.MethodSettings;
import dev.moa.sdk.lookup.InstanceAddress;
import dev.moa.sdk.lookup.StaticDirectory;
import dev.moa.sdk.publish.ServiceLimits;
import dev.moa.spring.security.MoaSecurityAutoConfiguration;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class MoaAutoConfigurationTests {

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(MoaAutoConfiguration.class, MoaSecurityAutoConfiguration.class))
            .withPropertyValues("moa.registry.urls=", "moa.statistics.enabled=false", "moa.app=tests");

    interface Greeter {
        String greet(String name);
    }

    @MoaService("${greeter.name:/service/greeter}")
    static class PoliteGreeter implements Greeter {
        @Override
        public String greet(String name) {
            return "hello " + name;
        }
    }

    @Test
    void annotatedBeanIsPublished() {
        application.withBean(PoliteGreeter.class).run(context -> {
            CallResponse response = call(port(context.getBean(ServicePublisher.class)), "greet", "[\"ada\"]");

            assertThat(response.resultOrThrow()).isEqualTo(Payload.json("\"hello ada\""));
        });
    }

    @Test
    void handlersArePublishedTooAndOneCatchesTheRest() {
        application
                .withBean(
                        CallHandlerRegistration.class,
                        () -> new CallHandlerRegistration(
                                ServiceName.of("/service/hand-made"),
                                (request, call) -> CompletableFuture.completedFuture(
                                        CallResponse.success(request.id(), Payload.json("1")))))
                .withBean(
                        CatchAllHandler.class,
                        () -> (request, call) -> CompletableFuture.completedFuture(
                                CallResponse.failure(request.id(), StatusCode.UNIMPLEMENTED, "caught")))
                .run(context -> {
                    int port = port(context.getBean(ServicePublisher.class));

                    assertThat(call(port, "/service/hand-made", "any", "[]").isOk())
                            .isTrue();
                    assertThat(call(port, "/service/other", "any", "[]").message())
                            .isEqualTo("caught");
                });
    }

    @Test
    void withoutServicesThereIsNoPort() {
        application.run(context ->
                assertThat(context.getBean(ServicePublisher.class).isRunning()).isFalse());
    }

    @Test
    void nameThatIsNoServiceNameStopsTheStart() {
        application
                .withBean(PoliteGreeter.class)
                .withPropertyValues("greeter.name=Greeter")
                .run(context -> assertThat(context)
                        .hasFailed()
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("service: 'Greeter'"));
    }

    @Test
    void openPortWithoutTokenStopsTheStart() {
        application
                .withBean(PoliteGreeter.class)
                .withPropertyValues("moa.server.host=0.0.0.0")
                .run(context -> assertThat(context)
                        .hasFailed()
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("moa.server.host"));
    }

    @Test
    void referencesAreInjectedIntoConstructorsAndBeanMethods() {
        application.withUserConfiguration(Callers.class).run(context -> {
            assertThat(context.getBean(Callers.ByConstructor.class).greeter).isNotNull();
            assertThat(context.getBean(Callers.ByMethod.class).greeter()).isNotNull();
            assertThat(context).hasSingleBean(MoaClient.class);
        });
    }

    @Test
    void settingsOfMethodsReachTheClient() {
        application
                .withPropertyValues(
                        "moa.client.balancer=least-in-flight",
                        "moa.client.ejection.after=3",
                        "moa.client.snapshot=/var/lib/shop/services.json",
                        "moa.client.methods[0].service=/service/user",
                        "moa.client.methods[0].method=get",
                        "moa.client.methods[0].hedge-quantile=0.95",
                        "moa.client.methods[0].calls-per-second=500",
                        "moa.client.methods[1].service=/service/user",
                        "moa.client.methods[1].max-in-flight=50")
                .run(context -> {
                    CallSettings settings =
                            context.getBean(MoaClientProperties.class).callSettings();

                    assertThat(settings.ejection().after()).isEqualTo(3);
                    assertThat(context.getBean(MoaClientProperties.class).snapshot())
                            .isEqualTo(Path.of("/var/lib/shop/services.json"));
                    assertThat(settings.methods())
                            .containsExactly(
                                    MethodSettings.of(ServiceName.of("/service/user"), "get")
                                            .withHedge(0.95)
                                            .withCallsPerSecond(500),
                                    MethodSettings.of(ServiceName.of("/service/user"))
                                            .withMaxInFlight(50));
                    assertThat(context).hasSingleBean(MoaClient.class);
                });
    }

    @Test
    void limitsOfServicesAndMethodsReachTheServer() {
        ApplicationContextRunner limited = application
                .withBean(PoliteGreeter.class)
                .withPropertyValues(
                        "moa.server.limits.queue=9",
                        "moa.server.services[0].service=/service/greeter",
                        "moa.server.services[0].concurrency=7");

        limited.withPropertyValues("moa.server.services[0].methods.greet=3").run(context -> {
            MoaServerProperties settings = context.getBean(MoaServerProperties.class);
            assertThat(settings.limitsOf(ServiceName.of("/service/greeter")))
                    .isEqualTo(new ServiceLimits(7, 9).withMethod("greet", 3));
            assertThat(settings.limitsOf(ServiceName.of("/service/other"))).isEqualTo(new ServiceLimits(200, 9));
        });
        limited.withPropertyValues("moa.server.services[0].methods.great=3")
                .run(context -> assertThat(context)
                        .hasFailed()
                        .getFailure()
                        .rootCause()
                        .hasMessage("limits: 'great' (expected: one of [greet])"));
    }

    @Test
    void servicesHaveBalancersOfTheirOwn() {
        ServiceName greeter = ServiceName.of("/service/greeter");
        ServiceName other = ServiceName.of("/service/other");
        StaticDirectory directory = new StaticDirectory();
        try (MoaServer one = named("one", greeter, other);
                MoaServer two = named("two", greeter, other)) {
            List<InstanceAddress> both =
                    List.of(InstanceAddress.of("127.0.0.1", one.port()), InstanceAddress.of("127.0.0.1", two.port()));
            directory.put(greeter, both);
            directory.put(other, both);
            application
                    .withPropertyValues(
                            "moa.client.balancer=round-robin",
                            "moa.client.balancers[0].service=/service/greeter",
                            "moa.client.balancers[0].balancer=consistent-hash",
                            "moa.client.balancers[0].key-tag=user")
                    .run(context -> {
                        MoaClientProperties settings = context.getBean(MoaClientProperties.class);
                        MoaClient.Builder builder =
                                MoaClient.builder().directory(directory).balancer(settings.newBalancer(null));
                        settings.newBalancers(null).forEach(builder::balancer);
                        try (MoaClient client = builder.build()) {
                            // both services share the connections, so that there is a choice from then on
                            await().until(() -> answers(client, other).size() == 2);
                            assertThat(answers(client, greeter)).hasSize(1);
                        }
                    });
        }
    }

    private static MoaServer named(String name, ServiceName... services) {
        MoaServer.Builder server = MoaServer.builder();
        for (ServiceName service : services) {
            server.publish(
                    service,
                    (request, call) -> CompletableFuture.completedFuture(
                            CallResponse.success(request.id(), Payload.json("\"" + name + "\""))));
        }
        return server.build().start();
    }

    /** Returns who answered nine calls of one user. */
    private static Set<String> answers(MoaClient client, ServiceName service) {
        CallRequest request = CallRequest.of(service, "any", Payload.NO_ARGUMENTS)
                .withCtx(new CallContext(null, 5_000, null, null, Map.of("user", "ada")));
        return IntStream.range(0, 9)
                .mapToObj(i -> client.call(request).join().resultOrThrow().text())
                .collect(Collectors.toSet());
    }

    @Test
    void settingThatCannotBeStopsTheStartAndSaysWhy() {
        application
                .withPropertyValues(
                        "moa.client.methods[0].service=/service/user",
                        "moa.client.methods[0].method=get",
                        "moa.client.methods[0].hedge-quantile=95")
                .run(context -> assertThat(context)
                        .hasFailed()
                        .getFailure()
                        .rootCause()
                        .hasMessage("hedgeQuantile: 95.0 (expected: 0 or 0.5 to 0.999)"));
    }

    @Configuration(proxyBeanMethods = false)
    static class Callers {

        static class ByConstructor {
            final Greeter greeter;

            ByConstructor(@MoaReference("/service/greeter") Greeter greeter) {
                this.greeter = greeter;
            }
        }

        record ByMethod(Greeter greeter) {}

        @Bean
        ByConstructor byConstructor(@MoaReference("/service/greeter") Greeter greeter) {
            return new ByConstructor(greeter);
        }

        @Bean
        ByMethod byMethod(@MoaReference("/service/greeter") Greeter greeter) {
            return new ByMethod(greeter);
        }
    }

    private static int port(ServicePublisher publisher) {
        MoaServer server = Objects.requireNonNull(publisher.server());
        return server.port();
    }

    private static CallResponse call(int port, String method, String args) throws Exception {
        return call(port, "/service/greeter", method, args);
    }

    private static CallResponse call(int port, String service, String method, String args) throws Exception {
        try (MoaConnection connection = MoaConnection.open(
                        new InetSocketAddress("127.0.0.1", port), ConnectionOptions.defaults())
                .get(5, TimeUnit.SECONDS)) {
            return connection
                    .call(
                            CallRequest.of(ServiceName.of(service), method, Payload.json(args)),
                            Deadline.afterMillis(5_000))
                    .get(6, TimeUnit.SECONDS);
        }
    }
}
