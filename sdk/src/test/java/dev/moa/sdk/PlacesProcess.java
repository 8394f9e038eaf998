package dev.moa.sdk;

import dev.moa.protocol.MoaException;
import dev.moa.protocol.ServiceName;
import dev.moa.sdk.context.CallScope;
import dev.moa.sdk.lookup.StaticDirectory;
import dev.moa.sdk.publish.ServiceLimits;
import dev.moa.sdk.stats.Statistics;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** {@link Places} in a process of its own: prints its port; takes the orders {@code CLOSE} and
 * {@code RELEASE}, which lets go of all held calls; ends with its input. */
public final class PlacesProcess implements Places {

    static final ServiceName ROOMY = ServiceName.of("/service/places");
    static final ServiceName NARROW = ServiceName.of("/service/places/two");

    private final ConcurrentMap<String, CountDownLatch> latches = new ConcurrentHashMap<>();
    private final AtomicInteger held = new AtomicInteger();
    private final AtomicInteger cancelled = new AtomicInteger();

    private static final StaticDirectory DIRECTORY = new StaticDirectory();
    private static final Places ITSELF = MoaClient.builder()
            .directory(DIRECTORY)
            .timeout(Duration.ofSeconds(1))
            .build()
            .proxy(ROOMY, Places.class);

    private PlacesProcess() {}

    /** @param arguments none */
    public static void main(String[] arguments) throws IOException {
        PlacesProcess roomy = new PlacesProcess();
        MoaServer server = MoaServer.builder()
                .app("places")
                .statistics(Statistics.create())
                .quietTime(Duration.ofMillis(1))
                .publish(ROOMY, Places.class, roomy)
                .serviceLimits(new ServiceLimits(2, 1_000, 0))
                .publish(NARROW, Places.class, new PlacesProcess())
                .build()
                .start();
        DIRECTORY.put(ROOMY, "127.0.0.1", server.port());
        System.out.println("PORT " + server.port());
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            if (order.equals("CLOSE")) {
                new Thread(server::close, "test-close-1").start();
            } else {
                roomy.latches.values().forEach(CountDownLatch::countDown);
            }
        }
        server.close();
    }

    @Override
    public List<String> go() {
        return List.of(place());
    }

    @Override
    public List<String> hold(String key) throws InterruptedException {
        String before = place();
        if (key.isEmpty()) {
            return List.of(before);
        }
        CallScope scope = CallScope.current();
        if (scope != null) {
            scope.onCancel(() -> {
                cancelled.incrementAndGet();
                latch(key).countDown();
            });
        }
        held.incrementAndGet();
        CountDownLatch latch = latch(key);
        try {
            if (key.startsWith("monitor")) {
                waitWithin(latch);
            } else {
                latch.await();
            }
        } finally {
            held.decrementAndGet();
        }
        return List.of(before, place(), scope == CallScope.current() ? "same scope" : "another scope");
    }

    // as code of old does
    private static void waitWithin(CountDownLatch latch) throws InterruptedException {
        Object monitor = new Object();
        synchronized (monitor) {
            while (latch.getCount() > 0) {
                monitor.wait(10);
            }
        }
    }

    @Override
    public void release(String key) {
        latch(key).countDown();
    }

    private CountDownLatch latch(String key) {
        return latches.computeIfAbsent(key, any -> new CountDownLatch(1));
    }

    @Override
    public int held() {
        return held.get();
    }

    @Override
    public int cancelled() {
        return cancelled.get();
    }

    @Override
    public List<String> giveWay(int times) {
        String before = place();
        for (int i = 0; i < times; i++) {
            Thread.yield();
        }
        return List.of(before, place());
    }

    @Override
    public List<String> compute(int milliseconds) {
        String before = place();
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        return List.of(before, place());
    }

    @Override
    public List<String> ask(String how) {
        String before = place();
        return switch (how) {
            case "free" -> List.of(before, "held " + ITSELF.held());
            case "pinned" -> List.of(before, Pinned.ANSWER);
            default -> List.of(before);
        };
    }

    private static final class Pinned {
        static final String ANSWER = answer();

        private static String answer() {
            try {
                return "held " + ITSELF.held();
            } catch (MoaException e) {
                return e.code().name();
            }
        }
    }

    @Override
    public List<String> fail(String how) throws RefusedException {
        switch (how) {
            case "declared" -> throw new RefusedException("not today");
            case "undeclared" -> throw new IllegalStateException("a secret");
            case "overflow" -> deeper(0);
            default -> {}
        }
        return List.of(place());
    }

    private static int deeper(int depth) {
        return depth < 0 ? 0 : deeper(depth + 1) + 1;
    }

    /** As {@code VirtualThread[#29,sdk-call]/runnable@moa-io-1}. */
    private static String place() {
        return Thread.currentThread().toString();
    }
}
