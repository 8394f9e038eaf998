package dev.moa.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.moa.protocol.CallContext;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.CarriedHeaders;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.sdk.context.TraceContext;
import dev.moa.sdk.lookup.StaticDirectory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One client and one server over a real socket. */
class CallIT {

    private static final ServiceName GREETER = ServiceName.of("/service/greeter");
    private static final ServiceName GONE = ServiceName.of("/service/gone");

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
        client = MoaClient.builder().app("test").directory(directory).build();
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void proxyCallsEveryKindOfMethod() throws Exception {
        Greeter proxy = client.proxy(GREETER, Greeter.class);

        assertThat(proxy.hello("world")).isEqualTo("hello world");
        assertThat(proxy.who()).isEqualTo("one");
        assertThat(proxy.later("you").toCompletableFuture().get(1, TimeUnit.SECONDS))
                .isEqualTo("later you");
        assertThat(proxy.find(7, null)).isEqualTo(new Greeter.Person(7, "p7"));
        assertThat(proxy.find(7, "b")).isEqualTo(new Greeter.Person(7, "p7@b"));
        assertThat(proxy.all(Map.of("ann", 3, "bob", 4)))
                .containsExactly(new Greeter.Person(3, "ann"), new Greeter.Person(4, "bob"));
    }

    @Test
    void declaredExceptionTravelsWithItsTypeAndFields() {
        Greeter proxy = client.proxy(GREETER, Greeter.class);

        assertThatThrownBy(() -> proxy.find(-1, null)).isInstanceOfSatisfying(Greeter.NobodyException.class, e -> {
            assertThat(e.getId()).isEqualTo(-1);
            assertThat(e).hasMessage("nobody has the id -1");
            assertThat(e.getStackTrace()).anyMatch(at -> at.getClassName().equals(CallIT.class.getName()));
            assertThat(e.getCause()).isInstanceOfSatisfying(MoaException.class, failure -> {
                assertThat(failure.code()).isEqualTo(StatusCode.UNKNOWN);
                assertThat(failure.details().text())
                        .isEqualTo("{\"type\":\"dev.moa.sdk.Greeter$NobodyException\",\"id\":-1}");
            });
        });
    }

    @Test
    void otherExceptionTellsNothingButAnId() {
        Greeter proxy = client.proxy(GREETER, Greeter.class);

        assertThatThrownBy(proxy::broken).isInstanceOfSatisfying(MoaException.class, e -> {
            assertThat(e.code()).isEqualTo(StatusCode.INTERNAL);
            assertThat(e.getMessage()).doesNotContain("secret").contains("error id");
        });
    }

    @Test
    void wrongArgumentsAreNamed() {
        assertThat(call("find", "[\"x\",null]"))
                .satisfies(response -> assertThat(response.code()).isEqualTo(StatusCode.INVALID_ARGUMENT))
                .satisfies(response -> assertThat(response.message()).contains("args[0] id", "\"x\"", "long"));
        assertThat(call("find", "[1,2,3]").message()).contains("3 given", "2");
        assertThat(call("find", "[]").message()).contains("0 given", "find(id: long, zone: String?): Person");
        assertThat(call("find", "{\"id\":3,\"zoo\":1}").message()).contains("'zoo'", "id, zone");
        assertThat(call("find", "{\"zone\":\"b\"}").message()).contains("args.id: missing", "long");
        assertThat(call("find", "{\"id\":3}").result()).isEqualTo(Payload.json("{\"id\":3,\"name\":\"p3\"}"));
        assertThat(call("find", "[3]").result()).isEqualTo(Payload.json("{\"id\":3,\"name\":\"p3\"}"));
        assertThat(call("find", "[1.5]").message()).contains("args[0] id", "1.5");
        assertThat(call("all", "[{\"ann\":\"x\"}]").message()).contains("args[0] ages.ann", "\"x\"");
    }

    @Test
    void unknownNamesAreTold() {
        assertThat(call("bye", "[]"))
                .satisfies(response -> assertThat(response.code()).isEqualTo(StatusCode.UNIMPLEMENTED))
                .satisfies(response -> assertThat(response.message()).contains("'bye'", "hello"));
        assertThat(client.call(CallRequest.of(GONE, "x", Payload.NO_ARGUMENTS))
                        .join()
                        .code())
                .isEqualTo(StatusCode.NOT_FOUND);
    }

    @Test
    void knownServiceWithoutInstanceIsUnavailable() {
        directory.put(GONE, List.of());

        CallResponse response =
                client.call(CallRequest.of(GONE, "x", Payload.NO_ARGUMENTS)).join();

        assertThat(response.code()).isEqualTo(StatusCode.UNAVAILABLE);
    }

    @Test
    void pingAndDescribeAreBuiltIn() {
        assertThat(call("$ping", "[]").result()).isEqualTo(Payload.json("\"pong\""));
        assertThat(call("$describe", "[]").result().text())
                .contains("\"name\":\"find\"", "\"name\":\"id\",\"type\":\"long\",\"optional\":false")
                .contains("\"idempotent\":true");
    }

    @Test
    void callEndsAtItsDeadline() {
        Greeter proxy = client.proxy(GREETER, Greeter.class);
        long startedAt = System.nanoTime();

        assertThatThrownBy(() -> proxy.sleep(5_000))
                .isInstanceOfSatisfying(
                        MoaException.class, e -> assertThat(e.code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED));

        assertThat(Duration.ofNanos(System.nanoTime() - startedAt))
                .isBetween(Duration.ofMillis(190), Duration.ofMillis(4_900));
    }

    @Test
    void firstCallThatEndsAtItsDeadlineSaysThatItWasSent() {
        CallRequest slow = CallRequest.of(GREETER, "sleep", Payload.json("[20000]"));

        CallResponse response =
                client.call(slow.withCtx(slow.ctx().withTimeoutMs(1_000))).join();

        assertThat(response.code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
        assertThat(greeter.calls).hasValue(1);
        assertThat(response.details()).isEqualTo(Payload.json("{\"sent\":true}"));
    }

    @Test
    void nestedCallInheritsDeadlineTraceAndTags() {
        TraceContext trace = TraceContext.start();
        CallContext ctx = new CallContext("edge", 20_000, trace.traceparent(), "0.4", Map.of("lane", "blue"));
        CallResponse response;
        try (MoaClient patient = MoaClient.builder()
                .app("test")
                .directory(directory)
                .timeout(Duration.ofMinutes(1))
                .build()) {
            greeter.nested = patient.proxy(GREETER, Greeter.class)::hello;

            response = client.call(new CallRequest("u1", GREETER, "nested", Payload.json("[\"you\"]"), ctx, null))
                    .join();
        }

        assertThat(response).isEqualTo(CallResponse.success("u1", Payload.json("\"hello you\"")));
        assertThat(greeter.lastScope.request().method()).isEqualTo("hello");
        assertThat(greeter.lastScope.path()).isEqualTo("0.4.1");
        assertThat(greeter.lastScope.trace().traceId()).isEqualTo(trace.traceId());
        assertThat(greeter.lastScope.trace().spanId()).isNotEqualTo(trace.spanId());
        assertThat(greeter.lastScope.tags()).isEqualTo(Map.of("lane", "blue"));
        assertThat(greeter.lastScope.app()).isEqualTo("test");
        assertThat(greeter.lastScope.deadline().remainingMillis()).isLessThanOrEqualTo(20_000);
    }

    @Test
    void headerEntryThatNobodyKnowsIsHandedOn() {
        CarriedHeaders entry = CarriedHeaders.of(new byte[] {(byte) 0x80, 1, 2, 0, 1, 'x'});
        CallContext ctx = new CallContext(null, 0, null, null, Map.of(), entry);

        client.call(CallRequest.of(GREETER, "nested", Payload.json("[\"you\"]")).withCtx(ctx))
                .join();

        assertThat(greeter.lastScope.request().ctx().carried().bytes()).isEqualTo(entry.bytes());
    }

    @Test
    void batchKeepsTheOrderAndMarksFailures() {
        List<CallResponse> responses = client.batch(List.of(
                        CallRequest.of(GREETER, "hello", Payload.json("[\"a\"]")),
                        CallRequest.of(GREETER, "bye", Payload.NO_ARGUMENTS),
                        CallRequest.of(GREETER, "hello", Payload.json("[\"c\"]"))))
                .join();

        assertThat(responses)
                .extracting(CallResponse::code)
                .containsExactly(StatusCode.OK, StatusCode.UNIMPLEMENTED, StatusCode.OK);
        assertThat(responses.get(2).result()).isEqualTo(Payload.json("\"hello c\""));
    }

    private CallResponse call(String method, String args) {
        return client.call(CallRequest.of(GREETER, method, Payload.json(args))).join();
    }
}
