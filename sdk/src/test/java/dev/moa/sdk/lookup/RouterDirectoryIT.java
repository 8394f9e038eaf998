package dev.moa.sdk.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.sdk.MoaClient;
import dev.moa.sdk.MoaServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The directory against small routers that speak {@code /service/lookup} over real sockets. */
class RouterDirectoryIT {

    private static final ServiceName USER = ServiceName.of("/service/user");
    private static final ServiceName FEED = ServiceName.of("/service/feed");

    private final StaticDirectory truth = new StaticDirectory();
    private final SmallRouter one = new SmallRouter(truth);
    private final SmallRouter two = new SmallRouter(truth);
    private final RouterDirectory directory =
            new RouterDirectory(List.of(one.address(), two.address()), ConnectionOptions.defaults());

    @AfterEach
    void stop() {
        directory.close();
        one.close();
        two.close();
    }

    @Test
    void lookupAnswersWhatTheRouterKnows() {
        truth.put(USER, "127.0.0.1", 6390);

        ServiceAnswer answer = lookup(USER);

        assertThat(answer.instances()).containsExactly(InstanceAddress.of("127.0.0.1", 6390));
        assertThatThrownBy(() -> lookup(FEED))
                .isInstanceOfSatisfying(
                        MoaException.class, e -> assertThat(e.code()).isEqualTo(StatusCode.NOT_FOUND));
    }

    @Test
    void allServicesAreListedPageByPage() {
        truth.put(USER, "127.0.0.1", 6390);
        truth.put(FEED, "127.0.0.1", 6391);
        truth.put(ServiceName.of("/service/shop"), "127.0.0.1", 6392);

        List<ServiceName> services =
                directory.services(Deadline.afterMillis(5_000)).join();

        assertThat(services).containsExactly(FEED, ServiceName.of("/service/shop"), USER);
    }

    @Test
    void watchTellsEveryChangeByOnePollForAllServices() throws Exception {
        truth.put(USER, "127.0.0.1", 6390);
        truth.put(FEED, "127.0.0.1", 6391);
        List<ServiceAnswer> users = new CopyOnWriteArrayList<>();
        List<ServiceAnswer> feeds = new CopyOnWriteArrayList<>();

        AutoCloseable watch = directory.watch(USER, users::add);
        directory.watch(FEED, feeds::add);
        await().until(() -> users.size() == 1 && feeds.size() == 1);
        truth.put(USER, List.of());
        await().until(() -> users.size() == 2);
        truth.remove(FEED);
        await().until(() -> feeds.size() == 2);

        assertThat(users.get(1).instances()).isEmpty();
        assertThat(feeds.get(1).instances()).isEmpty();
        assertThat(one.waiting() + two.waiting()).isEqualTo(1);
        watch.close();
        truth.put(USER, "127.0.0.1", 1);
        truth.put(FEED, "127.0.0.1", 2);
        await().until(() -> feeds.size() == 3);
        assertThat(users).hasSize(2);
    }

    @Test
    void nextRouterTakesOver() {
        truth.put(USER, "127.0.0.1", 6390);
        List<ServiceAnswer> users = new CopyOnWriteArrayList<>();
        directory.watch(USER, users::add);
        await().until(() -> users.size() == 1 && one.waiting() + two.waiting() == 1);

        (one.waiting() == 1 ? one : two).close();
        truth.put(USER, "127.0.0.1", 6391);

        await().atMost(Duration.ofSeconds(5))
                .until(() -> users.get(users.size() - 1).instances().get(0).port() == 6391);
        assertThat(lookup(USER).instances().get(0).port()).isEqualTo(6391);
    }

    @Test
    void lastGoodAnswerStandsWithoutRouters() {
        truth.put(USER, "127.0.0.1", 6390);
        List<ServiceAnswer> users = new CopyOnWriteArrayList<>();
        directory.watch(USER, users::add);
        await().until(() -> users.size() == 1);

        one.close();
        two.close();

        await().untilAsserted(() -> assertThatThrownBy(() -> lookup(FEED))
                .isInstanceOfSatisfying(
                        MoaException.class, e -> assertThat(e.code()).isEqualTo(StatusCode.UNAVAILABLE)));
        await().until(() -> lookup(USER).ageMs() > 0);
        assertThat(lookup(USER).instances()).hasSize(1);
    }

    @Test
    void snapshotServesAProcessThatStartsWithoutRouters(@TempDir Path folder) {
        Path file = folder.resolve("services.json");
        truth.put(USER, "127.0.0.1", 6390);
        try (RouterDirectory before = new RouterDirectory(List.of(one.address()), ConnectionOptions.defaults(), file)) {
            before.watch(USER, answer -> {});
            await().until(() -> file.toFile().exists());
        }
        one.close();
        two.close();

        try (RouterDirectory after = new RouterDirectory(List.of(one.address()), ConnectionOptions.defaults(), file)) {
            ServiceAnswer answer =
                    after.lookup(USER, Deadline.afterMillis(2_000)).join();

            assertThat(answer.source()).isEqualTo("snapshot");
            assertThat(answer.instances()).containsExactly(InstanceAddress.of("127.0.0.1", 6390));
        }
    }

    @Test
    void snapshotKeepsWhatTheLastRunDidNotAskFor(@TempDir Path folder) {
        Path file = folder.resolve("services.json");
        truth.put(USER, "127.0.0.1", 6390);
        truth.put(FEED, "127.0.0.1", 6391);
        for (ServiceName service : List.of(USER, FEED)) {
            try (RouterDirectory run =
                    new RouterDirectory(List.of(one.address()), ConnectionOptions.defaults(), file)) {
                run.watch(service, answer -> {});
                await().until(() ->
                        file.toFile().exists() && Files.readString(file).contains("\"" + service.value() + "\""));
            }
        }
        one.close();
        two.close();

        try (RouterDirectory after = new RouterDirectory(List.of(one.address()), ConnectionOptions.defaults(), file)) {
            ServiceAnswer user = after.lookup(USER, Deadline.afterMillis(2_000)).join();
            ServiceAnswer feed = after.lookup(FEED, Deadline.afterMillis(2_000)).join();

            assertThat(user.instances()).containsExactly(InstanceAddress.of("127.0.0.1", 6390));
            assertThat(feed.instances()).containsExactly(InstanceAddress.of("127.0.0.1", 6391));
            assertThat(user.ageMs()).isGreaterThanOrEqualTo(feed.ageMs());
        }
    }

    @Test
    void clientThatStartsWithoutRoutersCallsWhatItCalledBefore(@TempDir Path folder) {
        CallRequest request = CallRequest.of(USER, "any", Payload.NO_ARGUMENTS);
        // the directory is made, too
        Path file = folder.resolve("state/services.json");
        MoaClient.Builder builder = MoaClient.builder()
                .routers(List.of(one.address()))
                .snapshot(file)
                .timeout(Duration.ofSeconds(20));
        try (MoaServer server = MoaServer.builder()
                .publish(
                        USER,
                        (call, from) ->
                                CompletableFuture.completedFuture(CallResponse.success(call.id(), Payload.json("1"))))
                .build()
                .start()) {
            truth.put(USER, "127.0.0.1", server.port());
            try (MoaClient before = builder.build()) {
                assertThat(before.call(request).join().isOk()).isTrue();
                await().until(() -> file.toFile().exists());
            }
            one.close();

            try (MoaClient after = builder.build()) {
                assertThat(after.call(request).join().result()).isEqualTo(Payload.json("1"));
            }
        }
        assertThat(file.getParent().toFile().list()).hasSize(1);
    }

    private ServiceAnswer lookup(ServiceName service) {
        try {
            return directory.lookup(service, Deadline.afterMillis(2_000)).join();
        } catch (CompletionException e) {
            throw (MoaException) e.getCause();
        }
    }
}
