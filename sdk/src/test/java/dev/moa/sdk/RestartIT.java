package dev.moa.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.server.MoaPort;
import dev.moa.sdk.call.CallOptions;
import dev.moa.sdk.lookup.InstanceAddress;
import dev.moa.sdk.lookup.StaticDirectory;
import dev.moa.sdk.publish.PublishedService;
import dev.moa.sdk.publish.ServiceLimits;
import dev.moa.sdk.publish.Workers;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Instances come, go and break under load, over real sockets. */
class RestartIT {

    private static final ServiceName GREETER = ServiceName.of("/service/greeter");
    private static final CallRequest WORK = CallRequest.of(GREETER, "sleep", Payload.json("[1]"));

    private final StaticDirectory directory = new StaticDirectory();
    private final MoaClient client =
            MoaClient.builder().app("load").directory(directory).build();
    private final List<AutoCloseable> servers = new ArrayList<>();
    private final Workers workers = Workers.named("test-call");

    @AfterEach
    void stop() throws Exception {
        client.close();
        for (AutoCloseable server : servers) {
            server.close();
        }
        workers.close();
    }

    @Test
    void rollingRestartFailsNoCall() throws Exception {
        List<MoaServer> fleet = new ArrayList<>(List.of(server(), server(), server()));
        list(fleet);

        try (Load load = new Load(client, WORK, CallOptions.DEFAULT, 8)) {
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < 3; i++) {
                    load.awaitMore(100);
                    MoaServer leaving = fleet.get(i);
                    fleet.set(i, server());
                    list(fleet);
                    leaving.close();
                }
            }
            load.awaitMore(100);
            load.stop();

            assertThat(load.failures()).isEmpty();
            assertThat(load.successes()).isGreaterThan(1_000);
        }
    }

    @Test
    void instanceThatLeavesBeforeTheDirectoryKnowsFailsNoCall() throws Exception {
        List<MoaServer> fleet = new ArrayList<>(List.of(server(), server(), server()));
        list(fleet);

        try (Load load = new Load(client, WORK, CallOptions.DEFAULT, 8)) {
            load.awaitMore(200);
            fleet.get(0).close();
            load.awaitMore(500);
            list(fleet.subList(1, 3));
            load.awaitMore(100);
            load.stop();

            assertThat(load.failures()).isEmpty();
        }
    }

    @Test
    void killedInstanceCostsAtMostTheCallsInFlightOnIt() throws Exception {
        MoaPort victim = port();
        MoaServer survivor = server();
        directory.put(
                GREETER,
                List.of(
                        InstanceAddress.of("127.0.0.1", victim.port()),
                        InstanceAddress.of("127.0.0.1", survivor.port())));

        try (Load load = new Load(client, WORK, CallOptions.DEFAULT, 8)) {
            load.awaitMore(300);
            victim.close();
            load.awaitMore(500);
            load.stop();

            assertThat(load.failures()).hasSizeLessThanOrEqualTo(8);
            assertThat(load.failures())
                    .allSatisfy(each -> assertThat(each.code()).isEqualTo(StatusCode.UNAVAILABLE));
        }
    }

    @Test
    void killedInstanceCostsNothingWhereTheMethodIsIdempotent() throws Exception {
        MoaPort victim = port();
        MoaServer survivor = server();
        directory.put(
                GREETER,
                List.of(
                        InstanceAddress.of("127.0.0.1", victim.port()),
                        InstanceAddress.of("127.0.0.1", survivor.port())));

        try (Load load = new Load(client, WORK, CallOptions.IDEMPOTENT, 8)) {
            load.awaitMore(300);
            victim.close();
            load.awaitMore(500);
            load.stop();

            assertThat(load.failures()).isEmpty();
        }
    }

    @Test
    void instanceThatComesBackAtItsAddressIsCalledAgain() throws Exception {
        MoaServer stays = server();
        MoaPort first = port();
        int at = first.port();
        directory.put(
                GREETER, List.of(InstanceAddress.of("127.0.0.1", at), InstanceAddress.of("127.0.0.1", stays.port())));

        try (Load load = new Load(client, WORK, CallOptions.IDEMPOTENT, 4)) {
            load.awaitMore(100);
            first.close();
            load.awaitMore(100);
            PoliteGreeter back = new PoliteGreeter("back");
            keep(MoaPort.builder(new PublishedService(GREETER, Greeter.class, back, workers, ServiceLimits.defaults()))
                    .port(at)
                    .build()
                    .start());

            await().atMost(Duration.ofSeconds(10)).until(() -> back.calls.get() > 50);
            load.stop();
            assertThat(load.failures()).isEmpty();
        }
    }

    @Test
    void hostThatNeverAnswersCostsNobodyAnything() throws Exception {
        MoaServer works = server();
        try (ServerSocket silent = new ServerSocket(0)) {
            directory.put(
                    GREETER,
                    List.of(
                            InstanceAddress.of("127.0.0.1", silent.getLocalPort()),
                            InstanceAddress.of("127.0.0.1", works.port())));
            CallRequest hurried = WORK.withCtx(WORK.ctx().withTimeoutMs(500));
            // whoever is first may have to wait for the first connection
            client.call(hurried, CallOptions.IDEMPOTENT).join();
            await().atMost(Duration.ofSeconds(5))
                    .until(() -> client.call(hurried).join().isOk());

            try (Load load = new Load(client, hurried, CallOptions.DEFAULT, 4)) {
                load.awaitMore(500);
                load.stop();

                assertThat(load.failures()).isEmpty();
            }
        }
    }

    @Test
    void instanceThatFailsFastIsLeftAlone() throws Exception {
        MoaServer good = server();
        AtomicInteger failed = new AtomicInteger();
        MoaPort bad = keep(MoaPort.builder((request, call) -> {
                    failed.incrementAndGet();
                    return java.util.concurrent.CompletableFuture.completedFuture(
                            CallResponse.failure(request.id(), StatusCode.INTERNAL, "broken"));
                })
                .port(0)
                .build()
                .start());
        directory.put(
                GREETER,
                List.of(InstanceAddress.of("127.0.0.1", bad.port()), InstanceAddress.of("127.0.0.1", good.port())));

        try (Load load = new Load(client, WORK, CallOptions.DEFAULT, 4)) {
            load.awaitMore(2_000);
            load.stop();

            assertThat(failed.get()).isLessThan(30);
        }
    }

    @Test
    void callsBeyondTheBulkheadAreRefused() {
        MoaServer works = server();
        directory.put(GREETER, "127.0.0.1", works.port());
        try (MoaClient narrow = MoaClient.builder()
                .directory(directory)
                .calls(dev.moa.sdk.call.CallSettings.defaults()
                        .withService(
                                dev.moa.sdk.call.MethodSettings.ofServices().withMaxInFlight(2)))
                .build()) {
            CallRequest slow = CallRequest.of(GREETER, "sleep", Payload.json("[100]"));

            List<CallResponse> responses =
                    narrow.batch(List.of(slow, slow, slow)).join();

            assertThat(responses)
                    .extracting(CallResponse::code)
                    .containsExactlyInAnyOrder(StatusCode.OK, StatusCode.OK, StatusCode.RESOURCE_EXHAUSTED);
        }
    }

    private MoaServer server() {
        return keep(MoaServer.builder()
                .publish(GREETER, Greeter.class, new PoliteGreeter("any"))
                .build()
                .start());
    }

    /** A port whose close is a crash: nobody is told before. */
    private MoaPort port() throws IOException {
        return keep(MoaPort.builder(new PublishedService(
                        GREETER, Greeter.class, new PoliteGreeter("victim"), workers, ServiceLimits.defaults()))
                .port(0)
                .build()
                .start());
    }

    private <T extends AutoCloseable> T keep(T server) {
        servers.add(server);
        return server;
    }

    private void list(List<MoaServer> fleet) {
        directory.put(
                GREETER,
                fleet.stream()
                        .map(server -> InstanceAddress.of("127.0.0.1", server.port()))
                        .toList());
    }
}
