package dev.moa.sdk;

import static org.awaitility.Awaitility.await;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.sdk.call.CallOptions;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Callers that call one after the other until they are stopped, and remember what failed. */
final class Load implements AutoCloseable {

    private final MoaClient client;
    private final CallRequest request;
    private final CallOptions options;
    private final AtomicInteger successes = new AtomicInteger();
    private final Queue<CallResponse> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> callers;
    private volatile boolean stopped;

    Load(MoaClient client, CallRequest request, CallOptions options, int callers) {
        this.client = client;
        this.request = request;
        this.options = options;
        this.callers = IntStream.range(0, callers)
                .mapToObj(i -> new Thread(this::run, "test-load-" + i))
                .toList();
        this.callers.forEach(Thread::start);
    }

    private void run() {
        while (!stopped) {
            CallResponse response = client.call(request, options).join();
            if (response.isOk()) {
                successes.incrementAndGet();
            } else {
                failures.add(response);
            }
        }
    }

    /** Waits until so many more calls have succeeded. */
    void awaitMore(int calls) {
        int goal = successes.get() + calls;
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(2))
                .until(() -> successes.get() >= goal);
    }

    int successes() {
        return successes.get();
    }

    Queue<CallResponse> failures() {
        return failures;
    }

    void stop() throws InterruptedException {
        stopped = true;
        for (Thread caller : callers) {
            caller.join(5_000);
        }
    }

    @Override
    public void close() throws InterruptedException {
        stop();
    }
}
