package dev.moa.protocol.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.protocol.client.MoaConnection;
import dev.moa.protocol.client.WaitingCaller;
import dev.moa.protocol.io.IoThreads;
import dev.moa.protocol.io.LendingLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Callers that borrow the event loop, and everything that may come between. The server is another process. */
class LoneCallerIT {

    private static final Duration PLENTY = Duration.ofSeconds(10);

    private static HelloProcess server;
    private MoaConnection connection;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(Epoll.isAvailable(), "event loops are lent with epoll only: Linux");
        server = new HelloProcess();
    }

    @AfterAll
    static void stop() throws Exception {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void connect() throws Exception {
        connection = open(server);
    }

    @AfterEach
    void close() {
        connection.close();
    }

    @Test
    void aLoneCallerBorrowsTheLoopAndAnIdleLoopWaitsForEventsAgain() throws Exception {
        borrow();

        await().atMost(PLENTY)
                .until(() ->
                        stackOfLoops().contains("epollWait") && !stackOfLoops().contains("lend"));
        long borrowed = borrowed();
        await().during(Duration.ofMillis(50))
                .atMost(PLENTY)
                .until(() -> !stackOfLoops().contains("lend"));
        assertThat(borrowed()).isEqualTo(borrowed);
        assertThat(echo(1)).isEqualTo("1");
    }

    @Test
    void whatHangsOnCallsOfOthersNeverRunsOnABorrower() throws Exception {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        List<CompletableFuture<?>> others = Collections.synchronizedList(new ArrayList<>());
        ExecutorService other = Executors.newSingleThreadExecutor();
        for (int i = 0; i < 20; i++) {
            borrow();
            other.submit(() -> {
                for (int j = 0; j < 5; j++) {
                    others.add(
                            call("later", "[%d, 7]".formatted(j)).thenRun(() -> threads.add(Thread.currentThread())));
                }
                others.add(connection.ping(PLENTY).thenRun(() -> threads.add(Thread.currentThread())));
            });
            for (int j = 0; j < 50; j++) {
                assertThat(echo(j)).isEqualTo("" + j);
            }
        }
        other.shutdown();
        assertThat(other.awaitTermination(10, TimeUnit.SECONDS)).isTrue();

        CompletableFuture.allOf(others.toArray(new CompletableFuture<?>[0])).get(10, TimeUnit.SECONDS);
        assertThat(threads).isNotEmpty().doesNotContain(Thread.currentThread());
    }

    @Test
    void whatHangsOnTheOwnCallRunsAfterTheLoopWasGivenBack() throws Exception {
        borrow();
        AtomicReference<String> inner = new AtomicReference<>();

        for (int i = 0; i < 100; i++) {
            long before = borrowed();
            CallResponse response = answerOf(() -> sent("echo", "[5]").thenApply(answer -> {
                boolean here = Thread.currentThread().getName().startsWith("moa-io-");
                // a call within: would never end if this thread still had the loop
                inner.set(here ? "at home" : echo(6));
                return answer;
            }));
            assertThat(response.result().text()).isEqualTo("[5]");
            assertThat(inner.get()).isIn("at home", "6");
            if (borrowed() == before) {
                borrow();
            }
        }
    }

    @Test
    void manyCallersOfAllKindsGetTheirAnswers() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        List<Future<?>> callers = new ArrayList<>();
        MoaConnection second = open(server);
        for (int n = 0; n < 4; n++) {
            int own = n;
            callers.add(threads.submit(() -> {
                for (int i = 0; i < 2_000; i++) {
                    int value = own * 10_000 + i;
                    MoaConnection to = i % 200 < 150 ? connection : second;
                    Payload args = Payload.json("[" + value + "]");
                    CallRequest request = CallRequest.of(ServiceName.of("/s"), "echo", args);
                    Deadline deadline = Deadline.afterMillis(10_000);
                    CallResponse response = i % 50 == 0
                            ? to.call(request, deadline).get()
                            : answerOf(() -> to.callFromWaiter(request, deadline));
                    assertThat(response.result().text()).isEqualTo("[" + value + "]");
                    if (own > 0 && i % 100 == 0) {
                        // lets another be alone for a while
                        to.call(CallRequest.of(ServiceName.of("/s"), "later", Payload.json("[3, 1]")), deadline)
                                .get();
                    }
                }
                return null;
            }));
        }

        for (Future<?> each : callers) {
            each.get(30, TimeUnit.SECONDS);
        }
        second.close();
        threads.shutdown();
    }

    @Test
    void anInterruptEndsTheWaitOfABorrower() throws Exception {
        AtomicReference<Throwable> end = new AtomicReference<>();
        Thread caller = new Thread(() -> {
            try {
                borrow();
                answerOf(() -> sent("never", "[]"));
            } catch (Throwable e) {
                end.set(e);
            }
        });
        caller.start();
        await().atMost(PLENTY).until(() -> connection.inFlight() == 1 && borrowed() > 0);

        caller.interrupt();

        await().atMost(PLENTY).untilAsserted(() -> assertThat(end.get()).isInstanceOf(InterruptedException.class));
        await().atMost(PLENTY).until(() -> connection.inFlight() == 0);
        assertThat(echo(3)).isEqualTo("3");
    }

    @Test
    void aDeadlineEndsTheWaitOfABorrower() throws Exception {
        borrow();

        CallRequest never = CallRequest.of(ServiceName.of("/s"), "never", Payload.json("[]"));
        CallResponse response = answerOf(() -> connection.callFromWaiter(never, Deadline.afterMillis(100)));

        assertThat(response.code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
        assertThat(echo(4)).isEqualTo("4");
    }

    @Test
    void aCallerThatSendsAndThenThrowsLeavesTheLoopToOthers() throws Exception {
        borrow();
        AtomicReference<CompletableFuture<CallResponse>> left = new AtomicReference<>();

        assertThatThrownBy(() -> answerOf(() -> {
                    left.set(sent("echo", "[9]"));
                    throw new IllegalStateException("on the way");
                }))
                .hasMessage("on the way");

        assertThat(left.get().get(10, TimeUnit.SECONDS).result().text()).isEqualTo("[9]");
        assertThat(echo(2)).isEqualTo("2");
    }

    @Test
    void aServerThatEndsFailsTheCallAndTellsAtHome() throws Exception {
        HelloProcess mortal = new HelloProcess();
        connection.close();
        connection = open(mortal);
        AtomicReference<String> thread = new AtomicReference<>();
        CompletableFuture<Void> told = connection
                .closed()
                .thenRun(() -> thread.set(Thread.currentThread().getName()));
        borrow();
        CompletableFuture<Void> ending = CompletableFuture.runAsync(() -> {
            try {
                mortal.close();
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });

        CallResponse response = call("echo", "[1]").get();
        while (response.isOk()) {
            response = answerOf(() -> sent("echo", "[1]"));
        }

        assertThat(response.code()).isEqualTo(StatusCode.UNAVAILABLE);
        told.get(10, TimeUnit.SECONDS);
        assertThat(thread.get()).startsWith("moa-io-");
        ending.get(10, TimeUnit.SECONDS);
    }

    @Test
    void callersOnVirtualThreadsAndCallsThatNobodyWaitsForBorrowNothing() throws Exception {
        long before = borrowed();
        for (int i = 0; i < 50; i++) {
            assertThat(call("echo", "[1]").get(10, TimeUnit.SECONDS).isOk()).isTrue();
        }
        // before JDK 21 there are no virtual threads
        if (Runtime.version().feature() >= 21) {
            CompletableFuture<String> last = new CompletableFuture<>();
            Runnable calls = () -> {
                for (int i = 0; i < 50; i++) {
                    echo(i);
                }
                last.complete(echo(50));
            };
            Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, calls);
            assertThat(last.get(10, TimeUnit.SECONDS)).isEqualTo("50");
        }

        assertThat(borrowed()).isEqualTo(before);
    }

    @Test
    void aLoopWithAServerStaysAtHome() throws Exception {
        borrow();
        try (MoaPort port = MoaPort.builder(new HelloHandler()).port(0).build().start()) {
            // all loops get a server's channel: the listening one and its connections
            List<MoaConnection> own = new ArrayList<>();
            for (EventExecutor ignored : IoThreads.group()) {
                own.add(MoaConnection.open(
                                new InetSocketAddress("127.0.0.1", port.port()), ConnectionOptions.defaults())
                        .get(10, TimeUnit.SECONDS));
            }
            assertThat(echo(1)).isEqualTo("1");
            long before = borrowed();

            for (int i = 0; i < 100; i++) {
                assertThat(echo(i)).isEqualTo("" + i);
            }

            assertThat(borrowed()).isEqualTo(before);
            own.forEach(MoaConnection::close);
        }
        borrow();
    }

    /** Calls until the current thread has borrowed the loop once more. */
    private void borrow() {
        long before = borrowed();
        await().atMost(PLENTY)
                .pollInterval(Duration.ofMillis(1))
                .pollInSameThread()
                .until(() -> {
                    for (int i = 0; i < 50 && borrowed() == before; i++) {
                        assertThat(echo(i)).isEqualTo("" + i);
                    }
                    return borrowed() > before;
                });
    }

    private static <T> T answerOf(Supplier<CompletableFuture<T>> call) throws Exception {
        return WaitingCaller.await(call, PLENTY::toMillis);
    }

    private String echo(int value) {
        try {
            String text =
                    answerOf(() -> sent("echo", "[" + value + "]")).result().text();
            return text.substring(1, text.length() - 1);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private CompletableFuture<CallResponse> sent(String method, String args) {
        CallRequest request = CallRequest.of(ServiceName.of("/s"), method, Payload.json(args));
        return connection.callFromWaiter(request, Deadline.afterMillis(10_000));
    }

    private CompletableFuture<CallResponse> call(String method, String args) {
        CallRequest request = CallRequest.of(ServiceName.of("/s"), method, Payload.json(args));
        return connection.call(request, Deadline.afterMillis(10_000));
    }

    private static MoaConnection open(HelloProcess server) throws Exception {
        // a process that has just started may take its time
        return MoaConnection.open(
                        new InetSocketAddress("127.0.0.1", server.port()),
                        ConnectionOptions.defaults().withConnectTimeout(PLENTY))
                .get(10, TimeUnit.SECONDS);
    }

    private static long borrowed() {
        long sum = 0;
        for (EventExecutor each : IoThreads.group()) {
            sum += ((LendingLoop) each).borrowed();
        }
        return sum;
    }

    private static String stackOfLoops() {
        StringBuilder frames = new StringBuilder();
        Thread.getAllStackTraces().forEach((thread, stack) -> {
            if (thread.getName().startsWith("moa-io-")) {
                for (StackTraceElement frame : stack) {
                    frames.append(frame.getMethodName()).append('\n');
                }
            }
        });
        return frames.toString();
    }
}
