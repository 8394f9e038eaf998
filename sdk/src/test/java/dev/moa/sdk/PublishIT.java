package dev.moa.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.CallContext;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.server.MoaPort;
import dev.moa.sdk.annotation.MoaMethod;
import dev.moa.sdk.context.CallScope;
import dev.moa.sdk.lookup.StaticDirectory;
import dev.moa.sdk.publish.PublishedService;
import dev.moa.sdk.publish.ServiceLimits;
import dev.moa.sdk.stats.CallSide;
import dev.moa.sdk.stats.Statistics;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a server does with more than it can take, with cancelled calls, and around calls. */
class PublishIT {

    private static final ServiceName GREETER = ServiceName.of("/service/greeter");
    private static final ServiceName OTHER = ServiceName.of("/service/other");

    /** Holds each call until it is let go. */
    public interface Gate {
        String pass();
    }

    private final CountDownLatch open = new CountDownLatch(1);
    private final StaticDirectory directory = new StaticDirectory();
    private final MoaClient client = MoaClient.builder()
            .directory(directory)
            .timeout(java.time.Duration.ofSeconds(5))
            .build();
    private final List<MoaServer> servers = new ArrayList<>();

    @AfterEach
    void stop() {
        open.countDown();
        client.close();
        servers.forEach(MoaServer::close);
    }

    @Test
    void moreThanRunsAndWaitsIsRefusedAtOnce() {
        serve(MoaServer.builder().serviceLimits(new ServiceLimits(2, 3)).publish(GREETER, Gate.class, this::pass));
        List<CompletableFuture<CallResponse>> calls =
                IntStream.range(0, 8).mapToObj(i -> client.call(request(5_000))).toList();

        await().until(() -> calls.stream().filter(CompletableFuture::isDone).count() == 3);
        assertThat(calls.stream().filter(CompletableFuture::isDone).map(CompletableFuture::join))
                .allSatisfy(each -> assertThat(each.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED))
                .allSatisfy(each -> assertThat(each.message()).contains("2 calls at once and 3 waiting"));
        open.countDown();

        assertThat(calls.stream().map(CompletableFuture::join).filter(CallResponse::isOk))
                .hasSize(5);
    }

    @Test
    void callWithoutAThreadKeepsNoPlaceOfItsMethod() {
        AtomicBoolean refuses = new AtomicBoolean(true);
        Executor threads = work -> {
            if (refuses.getAndSet(false)) {
                throw new RejectedExecutionException("no thread");
            }
            work.run();
        };
        ServiceLimits limits = ServiceLimits.defaults().withMethod("pass", 1);
        try (MoaPort port = MoaPort.builder(new PublishedService(GREETER, Gate.class, () -> "in", threads, limits))
                .port(0)
                .build()
                .start()) {
            directory.put(GREETER, "127.0.0.1", port.port());

            assertThat(client.call(request(5_000)).join().isOk()).isFalse();
            assertThat(client.call(request(5_000)).join().code()).isEqualTo(StatusCode.OK);
        }
    }

    /** One method that may be slow, and one that has to go on. */
    public interface Shop {
        @MoaMethod(maxInFlight = 2)
        String report();

        String price();
    }

    @Test
    void slowMethodLeavesPlacesToTheOthers() {
        Shop shop = new Shop() {
            @Override
            public String report() {
                return pass();
            }

            @Override
            public String price() {
                return "7";
            }
        };
        serve(MoaServer.builder().serviceLimits(new ServiceLimits(3, 0)).publish(GREETER, Shop.class, shop));
        CallRequest report = CallRequest.of(GREETER, "report", Payload.NO_ARGUMENTS);

        List<CompletableFuture<CallResponse>> reports =
                IntStream.range(0, 8).mapToObj(i -> client.call(report)).toList();
        await().until(() -> reports.stream().filter(CompletableFuture::isDone).count() == 6);

        assertThat(client.call(CallRequest.of(GREETER, "price", Payload.NO_ARGUMENTS))
                        .join()
                        .isOk())
                .isTrue();
        assertThat(reports.stream().filter(CompletableFuture::isDone).map(CompletableFuture::join))
                .allSatisfy(each -> assertThat(each.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED))
                .allSatisfy(each -> assertThat(each.message()).contains("report", "maxInFlight"));
        open.countDown();
        await().until(() -> client.call(report).join().isOk());
    }

    @Test
    void limitOfAMethodThatIsNotThereIsRefused() {
        ServiceLimits limits = ServiceLimits.defaults().withMethod("passed", 2);

        assertThatThrownBy(() -> MoaServer.builder()
                        .serviceLimits(limits)
                        .publish(GREETER, Gate.class, this::pass)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("limits: 'passed' (expected: one of [pass])");
    }

    /** The example in docs/operations.md, name by name. */
    @Test
    void operatorsSeeMethodsByInfoMoa() throws Exception {
        Statistics statistics = Statistics.create();
        MoaServer server = serve(MoaServer.builder()
                .app("user")
                .statistics(statistics)
                .publish(ServiceName.of("/service/user"), Greeter.class, new PoliteGreeter("any")));
        String page = Files.readString(Path.of("..", "docs", "operations.md"));
        String example = page.substring(page.indexOf("# Moa"), page.indexOf("```", page.indexOf("# Moa")));

        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(5_000);
            String call = "{\"service\":\"/service/user\",\"method\":\"hello\",\"args\":[\"x\"]}";
            socket.getOutputStream()
                    .write(("*2\r\n$3\r\nGET\r\n$" + call.length() + "\r\n" + call
                                    + "\r\n*2\r\n$4\r\nINFO\r\n$3\r\nmoa\r\n*1\r\n$4\r\nQUIT\r\n")
                            .getBytes(StandardCharsets.UTF_8));
            String replies = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(example.lines().map(line -> line.replaceFirst(":.*", "")))
                    .allSatisfy(name -> assertThat(replies).contains(name));
            assertThat(replies)
                    .containsPattern(
                            "method_/service/user/hello:calls=1,errors=0,in_flight=0,p50_us=\\d+,p99_us=\\d+,max_us=\\d+,on_loop=1\r\n");
        }
    }

    @Test
    void callThatWaitedPastItsDeadlineIsNotStarted() {
        AtomicBoolean second = new AtomicBoolean();
        List<String> started = new CopyOnWriteArrayList<>();
        serve(MoaServer.builder().serviceLimits(new ServiceLimits(1, 10)).publish(GREETER, Gate.class, () -> {
            started.add("call");
            return second.getAndSet(true) ? "second" : pass();
        }));
        CompletableFuture<CallResponse> running = client.call(request(5_000));
        await().until(() -> started.size() == 1);

        CallResponse late = client.call(request(50)).join();
        CompletableFuture<CallResponse> cancelled = client.call(request(5_000));
        await().until(() -> servers.get(0).inFlight() >= 2);
        cancelled.cancel(false);
        await().until(() -> servers.get(0).inFlight() == 1);
        open.countDown();

        assertThat(running.join().isOk()).isTrue();
        assertThat(late.code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
        assertThat(client.call(request(5_000)).join().isOk()).isTrue();
        assertThat(started).hasSize(2);
    }

    @Test
    void cancelGoesDownstream() {
        AtomicBoolean cancelledBelow = new AtomicBoolean();
        CompletableFuture<CallResponse> never = new CompletableFuture<>();
        MoaServer below = MoaServer.builder()
                .publish(OTHER, (request, call) -> {
                    call.onCancel(() -> {
                        cancelledBelow.set(true);
                        never.cancel(false);
                    });
                    return never;
                })
                .build()
                .start();
        servers.add(below);
        directory.put(OTHER, "127.0.0.1", below.port());
        AtomicBoolean entered = new AtomicBoolean();
        serve(MoaServer.builder().publish(GREETER, Gate.class, () -> {
            CompletableFuture<CallResponse> nested = client.call(CallRequest.of(OTHER, "any", Payload.NO_ARGUMENTS));
            entered.set(true);
            return nested.handle((response, failure) -> "over").join();
        }));

        CompletableFuture<CallResponse> call = client.call(request(5_000));
        await().until(entered::get);
        await().until(() -> below.inFlight() == 1);
        call.cancel(false);

        await().untilTrue(cancelledBelow);
    }

    @Test
    void interceptorsStandAroundCallsOnBothSides() {
        List<String> seen = new CopyOnWriteArrayList<>();
        serve(MoaServer.builder()
                .interceptor((request, call, next) -> {
                    seen.add("server " + request.ctx().tags().get("who"));
                    return next.proceed(request, call);
                })
                .publish(GREETER, Gate.class, () -> "through"));
        try (MoaClient intercepted = MoaClient.builder()
                .directory(directory)
                .interceptor((request, deadline, next) -> {
                    CallContext ctx = request.ctx();
                    CallContext tagged = new CallContext(
                            ctx.app(), ctx.timeoutMs(), ctx.traceparent(), ctx.path(), java.util.Map.of("who", "me"));
                    return next.proceed(request.withCtx(tagged), deadline).thenApply(response -> {
                        seen.add("client " + response.code());
                        return response;
                    });
                })
                .interceptor((request, deadline, next) -> request.method().equals("pass")
                        ? next.proceed(request, deadline)
                        : CompletableFuture.failedFuture(new IllegalStateException("no such thing")))
                .build()) {

            assertThat(intercepted.call(request(1_000)).join().isOk()).isTrue();
            assertThat(seen).containsExactly("server me", "client OK");
            assertThat(intercepted
                            .call(CallRequest.of(GREETER, "else", Payload.NO_ARGUMENTS))
                            .join()
                            .code())
                    .isEqualTo(StatusCode.INTERNAL);
        }
    }

    @Test
    void fallbackAnswersForEveryServiceThatIsNotPublished() {
        MoaServer server = serve(MoaServer.builder()
                .publish(GREETER, Gate.class, () -> "published")
                .fallback((request, call) -> CompletableFuture.completedFuture(
                        CallResponse.success(request.id(), Payload.json("\"" + request.service() + "\"")))));
        directory.put(OTHER, "127.0.0.1", server.port());

        CallResponse other =
                client.call(CallRequest.of(OTHER, "any", Payload.NO_ARGUMENTS)).join();

        assertThat(other.result()).isEqualTo(Payload.json("\"/service/other\""));
        assertThat(client.call(request(1_000)).join().result()).isEqualTo(Payload.json("\"published\""));
    }

    @Test
    void bothSidesAreCounted() {
        Statistics statistics = Statistics.create();
        serve(MoaServer.builder().statistics(statistics).publish(GREETER, Gate.class, () -> "x"));
        try (MoaClient counted =
                MoaClient.builder().directory(directory).statistics(statistics).build()) {

            counted.call(request(1_000)).join();
            counted.call(CallRequest.of(GREETER, "nosuch", Payload.NO_ARGUMENTS))
                    .join();

            assertThat(statistics.methods())
                    .extracting(each -> each.side() + " " + each.method())
                    .containsExactlyInAnyOrder("CLIENT pass", "CLIENT nosuch", "SERVER pass");
            await().until(() -> statistics.inFlight(CallSide.SERVER) == 0);
            assertThat(statistics.inFlight(CallSide.CLIENT)).isZero();
        }
    }

    @Test
    void scopeIsThereWhileACallIsServedAndOnlyThen() {
        List<String> apps = new CopyOnWriteArrayList<>();
        serve(MoaServer.builder().publish(GREETER, Gate.class, () -> {
            apps.add(String.valueOf(CallScope.current().app()));
            return "x";
        }));

        client.call(request(1_000)).join();

        assertThat(apps).containsExactly("moa");
        assertThat(CallScope.current()).isNull();
    }

    @Test
    void serviceCannotBePublishedTwice() {
        MoaServer.Builder builder = MoaServer.builder().publish(GREETER, Gate.class, () -> "x");

        assertThatThrownBy(() -> builder.publish(GREETER, Gate.class, () -> "y"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("published twice");
    }

    private String pass() {
        try {
            open.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return "passed";
    }

    private MoaServer serve(MoaServer.Builder builder) {
        MoaServer server = builder.build().start();
        servers.add(0, server);
        directory.put(GREETER, "127.0.0.1", server.port());
        return server;
    }

    private static CallRequest request(long timeoutMs) {
        return CallRequest.of(GREETER, "pass", Payload.NO_ARGUMENTS)
                .withCtx(CallContext.EMPTY.withTimeoutMs(timeoutMs));
    }
}
