package dev.moa.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.sdk.call.CallSettings;
import dev.moa.sdk.call.MethodSettings;
import dev.moa.sdk.lookup.StaticDirectory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Limits that hold for one method and leave the others of its service alone. */
class MethodSettingsIT {

    private static final ServiceName GREETER = ServiceName.of("/service/greeter");

    private final PoliteGreeter greeter = new PoliteGreeter("one");
    private final StaticDirectory directory = new StaticDirectory();
    private MoaServer server;
    private MoaClient client;

    @BeforeEach
    void start() {
        server = MoaServer.builder()
                .app("greeter")
                .publish(GREETER, Greeter.class, greeter)
                .build()
                .start();
        directory.put(GREETER, "127.0.0.1", server.port());
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void bulkheadOfAMethodLeavesTheOthersAlone() throws Exception {
        client = client(MethodSettings.of(GREETER, "nested").withMaxInFlight(2));
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch inside = new CountDownLatch(2);
        greeter.nested = name -> {
            inside.countDown();
            try {
                gate.await(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return name;
        };

        List<CompletableFuture<CallResponse>> running =
                IntStream.range(0, 2).mapToObj(i -> call("nested")).toList();
        inside.await(10, TimeUnit.SECONDS);
        CallResponse third = call("nested").join();
        CallResponse another = call("hello").join();
        gate.countDown();

        assertThat(third.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
        assertThat(third.message()).contains("/service/greeter nested", "2 calls", "maxInFlight");
        assertThat(another.isOk()).isTrue();
        assertThat(running).allSatisfy(each -> assertThat(each.join().isOk()).isTrue());
    }

    @Test
    void rateLimiterOfAMethodLeavesTheOthersAlone() {
        client = client(MethodSettings.of(GREETER, "hello").withCallsPerSecond(3));

        List<CallResponse> responses =
                IntStream.range(0, 30).mapToObj(i -> call("hello").join()).toList();

        assertThat(responses).filteredOn(CallResponse::isOk).hasSizeLessThan(30);
        assertThat(responses).filteredOn(each -> !each.isOk()).allSatisfy(each -> {
            assertThat(each.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
            assertThat(each.message()).contains("callsPerSecond");
        });
        assertThat(call("who").join().isOk()).isTrue();
    }

    @Test
    void circuitBreakerOfAMethodLeavesTheOthersAlone() {
        client = client(MethodSettings.of(GREETER, "broken").withBreaker(50, Duration.ofMinutes(1)));

        for (int i = 0; i < 50; i++) {
            assertThat(call("broken").join().code()).isEqualTo(StatusCode.INTERNAL);
            assertThat(call("hello").join().isOk()).isTrue();
        }
        CallResponse refused = call("broken").join();

        assertThat(refused.code()).isEqualTo(StatusCode.UNAVAILABLE);
        assertThat(refused.message()).contains("/service/greeter broken", "circuit breaker");
        assertThat(call("hello").join().isOk()).isTrue();
    }

    @Test
    void timeoutOfAMethodHoldsWhereTheCallNamesNone() {
        client = client(MethodSettings.of(GREETER, "sleep").withTimeout(Duration.ofMillis(50)));

        CallResponse response = client.call(CallRequest.of(GREETER, "sleep", Payload.json("[500]")))
                .join();

        assertThat(response.code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
    }

    private CompletableFuture<CallResponse> call(String method) {
        return client.call(CallRequest.of(
                GREETER, method, Payload.json(method.equals("who") || method.equals("broken") ? "[]" : "[\"x\"]")));
    }

    private MoaClient client(MethodSettings... settings) {
        return MoaClient.builder()
                .app("test")
                .directory(directory)
                .calls(CallSettings.defaults().withMethods(List.of(settings)))
                .build();
    }
}
