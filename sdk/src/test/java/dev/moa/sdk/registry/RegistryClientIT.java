package dev.moa.sdk.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.ServiceName;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.protocol.client.MoaConnection;
import dev.moa.sdk.MoaServer;
import dev.moa.sdk.lookup.InstanceAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client against a small registry that speaks the REST face over a real socket. */
class RegistryClientIT {

    private static final ServiceName USER = ServiceName.of("/service/user");
    private static final ServiceName FEED = ServiceName.of("/service/feed");

    private SmallRegistry registry;
    private RegistryClient client;

    @BeforeEach
    void start() throws IOException {
        registry = new SmallRegistry(0);
        client = client("http://127.0.0.1:" + registry.port());
    }

    @AfterEach
    void stop() {
        client.close();
        registry.close();
    }

    @Test
    void servicesAreRegisteredAndRenewedInOneRequest() {
        client.register(spec(USER));
        client.register(spec(FEED));

        client.start();

        await().until(() -> registry.instances().size() == 2);
        assertThat(registry.instances().values())
                .allSatisfy(body -> assertThat(body.path("port").asInt()).isEqualTo(6390))
                .anySatisfy(body -> assertThat(body.path("id").asString()).startsWith("L3NlcnZpY2UvdXNlcg."));
        await().atMost(Duration.ofSeconds(5)).until(() -> registry.renewals() > 0);
        assertThat(registry.lastRenewed()).isEqualTo(2);
        assertThat(client.registrations()).allMatch(RegistrationState::isRegistered);
    }

    @Test
    void startDoesNotWaitForARegistryThatIsAway() throws IOException {
        int port = registry.port();
        registry.close();
        client.register(spec(USER));

        client.start();

        await().until(() -> client.registrations().get(0).problem().contains("no registry could be asked"));
        registry = new SmallRegistry(port);
        await().atMost(Duration.ofSeconds(10)).until(() -> registry.instances().size() == 1);
        assertThat(client.registrations().get(0).problem()).isNull();
    }

    @Test
    void whatTheRegistryHasForgottenIsRegisteredAgain() {
        client.register(spec(USER));
        client.start();
        await().until(() -> registry.instances().size() == 1);
        long before = client.registrations().get(0).incarnation();

        registry.forget();

        await().atMost(Duration.ofSeconds(10))
                .until(() -> client.registrations().get(0).incarnation() > before);
        assertThat(registry.instances()).hasSize(1);
    }

    @Test
    void leaseThatAnotherHasTakenIsRegisteredAnew() {
        client.register(spec(USER));
        client.start();
        await().until(() -> registry.instances().size() == 1);
        String before = client.registrations().get(0).id();

        registry.takeOver();

        await().atMost(Duration.ofSeconds(10))
                .until(() -> !client.registrations().get(0).id().equals(before)
                        && client.registrations().get(0).isRegistered());
    }

    @Test
    void nextRegistryTakesOverFromOneThatIsAway() {
        client.close();
        client = client("http://127.0.0.1:1", "http://127.0.0.1:" + registry.port());
        client.register(spec(USER));

        client.start();

        await().until(() -> registry.instances().size() == 1);
    }

    @Test
    void leavingDrainsAndThenDeregisters() {
        client.register(spec(USER));
        client.start();
        await().until(() -> registry.instances().size() == 1);

        client.drain().join();
        boolean known = client.acknowledged(Duration.ofMillis(200)).join();
        registry.acknowledges(false);
        boolean unknown = client.acknowledged(Duration.ofMillis(200)).join();
        String drained =
                registry.instances().values().iterator().next().path("status").asString();
        client.leave().join();

        assertThat(drained).isEqualTo("DRAINING");
        assertThat(known).isTrue();
        assertThat(unknown).isFalse();
        assertThat(registry.instances()).isEmpty();
    }

    @Test
    void callersAreToldOfADrainInTimeWhenNoRegistryAnswers() throws Exception {
        MoaServer.Builder builder = MoaServer.builder().registries(List.of("http://127.0.0.1:" + registry.port()));
        for (int i = 0; i < 5; i++) {
            builder.publish(ServiceName.of("/service/part" + i), (request, call) -> new CompletableFuture<>());
        }
        try (MoaServer server = builder.build().start();
                MoaConnection caller = MoaConnection.open(
                                new InetSocketAddress("127.0.0.1", server.port()), ConnectionOptions.defaults())
                        .join()) {
            await().until(() -> registry.instances().size() == 5);
            registry.hang();

            CompletableFuture<Void> drained = CompletableFuture.runAsync(() -> server.drain(Duration.ofSeconds(30)));

            await().atMost(Duration.ofSeconds(6)).until(() -> caller.isGoingAway() || !caller.isOpen());
            registry.goOn();
            drained.join();
        }
    }

    @Test
    void successorsServeAllThatThisProcessServes() {
        client.register(spec(USER));
        client.register(spec(FEED));
        client.start();
        try (RegistryClient both = client("http://127.0.0.1:" + registry.port());
                RegistryClient userOnly = client("http://127.0.0.1:" + registry.port());
                RegistryClient drains = client("http://127.0.0.1:" + registry.port())) {
            both.register(spec(USER, 7001));
            both.register(spec(FEED, 7001));
            userOnly.register(spec(USER, 7002));
            drains.register(spec(USER, 7003));
            drains.register(spec(FEED, 7003));
            both.start();
            userOnly.start();
            drains.start();
            await().until(() -> registry.instances().size() == 7);
            drains.drain().join();

            assertThat(client.successors().join())
                    .containsExactly(InetSocketAddress.createUnresolved("127.0.0.1", 7001));
            assertThat(userOnly.successors().join()).hasSize(2);
        }
        registry.close();
        assertThat(client.successors().join()).isEmpty();
    }

    @Test
    void connectionIsHeldAsLongAsTheProcessLives() throws Exception {
        try (SmallRegistry.HoldPort holds = registry.openHoldPort()) {
            client.register(spec(USER));
            client.start();
            await().until(() -> holds.holding() == 1);
            assertThat(holds.leases()).isEqualTo(1);

            client.register(spec(FEED));
            await().until(() -> holds.leases() == 2);
            await().until(() -> holds.holding() == 1);

            client.close();
            await().until(() -> holds.holding() == 0);
            assertThat(registry.instances()).isEmpty();
        }
    }

    @Test
    void leasesAreRenewedAndLaterServicesRegisteredOnTheHeldConnection() {
        try (SmallRegistry.HoldPort held = registry.openHoldPort()) {
            client.register(spec(USER));
            client.start();
            await().until(() -> held.holding() == 1);

            client.register(spec(FEED));

            await().until(() -> registry.instances().size() == 2);
            await().until(() -> registry.lastRenewed() == 1);
            assertThat(held.asked()).isGreaterThanOrEqualTo(2);
            assertThat(registry.renewals()).as("by REST").isZero();
            assertThat(client.registrations()).allMatch(RegistrationState::isRegistered);
        }
    }

    @Test
    void registryThatOnlyHoldsIsAskedByRest() {
        try (SmallRegistry.HoldPort held = registry.openHoldPort()) {
            held.onlyHolds();
            client.register(spec(USER));
            client.start();
            await().until(() -> held.holding() == 1);

            client.register(spec(FEED));

            await().until(() -> registry.instances().size() == 2);
            await().until(() -> registry.renewals() > 0);
            assertThat(held.asked()).isPositive();
        }
    }

    private static RegistryClient client(String... urls) {
        return RegistryClient.builder(List.of(urls)).app("test").build();
    }

    private static InstanceSpec spec(ServiceName service) {
        return spec(service, 6390);
    }

    private static InstanceSpec spec(ServiceName service, int port) {
        return new InstanceSpec(
                service, "127.0.0.1", port, InstanceAddress.MOA_PORT, 100, "a", null, Map.of("lane", "blue"), Map.of());
    }
}
