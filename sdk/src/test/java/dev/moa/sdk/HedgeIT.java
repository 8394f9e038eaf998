package dev.moa.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.sdk.balance.Candidate;
import dev.moa.sdk.call.CallOptions;
import dev.moa.sdk.call.CallSettings;
import dev.moa.sdk.call.MethodSettings;
import dev.moa.sdk.context.CallScope;
import dev.moa.sdk.lookup.InstanceAddress;
import dev.moa.sdk.lookup.StaticDirectory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two instances, of which the first always gets the call first: what happens when it takes too long. */
class HedgeIT {

    private static final ServiceName GREETER = ServiceName.of("/service/greeter");
    private static final CallRequest WHO = CallRequest.of(GREETER, "who", Payload.NO_ARGUMENTS);
    private static final MethodSettings HEDGED =
            MethodSettings.of(GREETER, "who").withHedge(0.9).withTimeout(Duration.ofSeconds(20));

    private final Stalling first = new Stalling("first");
    private final Stalling second = new Stalling("second");
    private final StaticDirectory directory = new StaticDirectory();
    private MoaServer one;
    private MoaServer other;
    private volatile int preferredPort;
    private @Nullable MoaClient client;

    @BeforeEach
    void start() {
        one = server(first);
        other = server(second);
        directory.put(
                GREETER,
                List.of(InstanceAddress.of("127.0.0.1", one.port()), InstanceAddress.of("127.0.0.1", other.port())));
    }

    @AfterEach
    void stop() {
        first.go();
        second.go();
        if (client != null) {
            client.close();
        }
        one.close();
        other.close();
    }

    @Test
    void callThatTakesTooLongGoesElsewhereTooAndTheLoserIsCancelled() {
        MoaClient hedging = client(CallSettings.defaults().withMethods(List.of(HEDGED)));
        learn(hedging);
        first.stall();

        CallResponse response = hedging.call(WHO, CallOptions.IDEMPOTENT).join();

        assertThat(response.result()).isEqualTo(Payload.json("\"second\""));
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(first.cancelled).hasValue(1));
    }

    @Test
    void callThatIsNotIdempotentStaysWhereItIs() {
        MoaClient hedging = client(CallSettings.defaults().withMethods(List.of(HEDGED.withIdempotent(false))));
        learn(hedging);
        first.stall();

        var answer = hedging.call(WHO, CallOptions.IDEMPOTENT);
        await().atMost(Duration.ofSeconds(10)).until(() -> first.stalled.get() == 1);
        int before = second.calls.get();
        first.go();

        assertThat(answer.join().result()).isEqualTo(Payload.json("\"first\""));
        assertThat(second.calls).hasValue(before);
    }

    @Test
    void withoutBudgetTheCallGoesOnAsIfThereWereNoHedging() {
        MoaClient hedging =
                client(CallSettings.defaults().withMethods(List.of(HEDGED)).withRetryRatio(0));
        learn(hedging);
        first.stall();

        var answer = hedging.call(WHO, CallOptions.IDEMPOTENT);
        await().atMost(Duration.ofSeconds(10)).until(() -> first.stalled.get() == 1);
        first.go();

        assertThat(answer.join().result()).isEqualTo(Payload.json("\"first\""));
    }

    @Test
    void failureOfOneDoesNotEndTheCallWhileTheOtherRuns() {
        MoaClient hedging = client(CallSettings.defaults().withMethods(List.of(HEDGED)));
        learn(hedging);
        first.stall();
        second.stall();
        first.failure = new MoaException(StatusCode.UNAVAILABLE, "broken");

        var answer = hedging.call(WHO, CallOptions.IDEMPOTENT);
        await().atMost(Duration.ofSeconds(10)).until(() -> first.stalled.get() == 1 && second.stalled.get() == 1);
        first.go();
        await().atMost(Duration.ofSeconds(10)).until(() -> first.failed.get() == 1);
        second.go();

        assertThat(answer.join().result()).isEqualTo(Payload.json("\"second\""));
    }

    @Test
    void failureOfBothEndsTheCallBeforeItsDeadline() {
        MoaClient hedging = client(CallSettings.defaults().withMethods(List.of(HEDGED.withMaxAttempts(2))));
        learn(hedging);
        first.stall();
        second.stall();
        first.failure = new MoaException(StatusCode.UNAVAILABLE, "broken");
        second.failure = new MoaException(StatusCode.UNAVAILABLE, "broken");

        var answer = hedging.call(WHO, CallOptions.IDEMPOTENT);
        await().atMost(Duration.ofSeconds(10)).until(() -> first.stalled.get() == 1 && second.stalled.get() == 1);
        first.go();
        second.go();

        assertThat(answer)
                .succeedsWithin(10, TimeUnit.SECONDS)
                .extracting(CallResponse::code)
                .isEqualTo(StatusCode.UNAVAILABLE);
    }

    private MoaClient client(CallSettings settings) {
        MoaClient built = MoaClient.builder()
                .app("test")
                .directory(directory)
                .calls(settings)
                .balancer((candidates, request) -> preferred(candidates, preferredPort))
                .build();
        client = built;
        return built;
    }

    private static int preferred(List<? extends Candidate> candidates, int port) {
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.get(i).address().port() == port) {
                return i;
            }
        }
        return 0;
    }

    /** Calls until it is known how long a call takes, and both are connected. */
    private void learn(MoaClient hedging) {
        for (int port : new int[] {other.port(), one.port()}) {
            preferredPort = port;
            assertThat(hedging.call(CallRequest.of(GREETER, "hello", Payload.json("[\"x\"]")))
                            .join()
                            .isOk())
                    .isTrue();
        }
        for (int i = 0; i < 100; i++) {
            assertThat(hedging.call(WHO, CallOptions.IDEMPOTENT).join().isOk()).isTrue();
        }
    }

    private static MoaServer server(Stalling greeter) {
        return MoaServer.builder()
                .app(greeter.name)
                .publish(GREETER, Greeter.class, greeter)
                .build()
                .start();
    }

    /** Answers {@code who} at once, or once it is let go. */
    private static final class Stalling extends PoliteGreeter {

        final AtomicInteger stalled = new AtomicInteger();
        final AtomicInteger cancelled = new AtomicInteger();
        final AtomicInteger failed = new AtomicInteger();
        volatile @Nullable MoaException failure;
        private volatile CountDownLatch gate = new CountDownLatch(0);

        Stalling(String name) {
            super(name);
        }

        void stall() {
            gate = new CountDownLatch(1);
        }

        void go() {
            gate.countDown();
        }

        @Override
        public String who() {
            if (gate.getCount() > 0) {
                CallScope.current().onCancel(cancelled::incrementAndGet);
                stalled.incrementAndGet();
                try {
                    if (!gate.await(20, TimeUnit.SECONDS)) {
                        throw new IllegalStateException("nobody let it go");
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                MoaException planned = failure;
                if (planned != null) {
                    failed.incrementAndGet();
                    throw planned;
                }
            }
            return super.who();
        }
    }
}
