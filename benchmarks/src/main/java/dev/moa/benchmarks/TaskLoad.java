package dev.moa.benchmarks;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.json.JsonMapper;

/**
 * Submits tasks at a steady pace and is the endpoint that they are delivered to. A submission that is not
 * acknowledged is sent again with its dedupeKey, as the broker's answer says. Every fiftieth first delivery is
 * refused with 503, so that retries are part of the test.
 */
final class TaskLoad implements AutoCloseable {

    private static final int MAX_UNACKNOWLEDGED = 500;
    private static final int TRIES = 60;

    private final String run = Long.toString(System.currentTimeMillis(), 36);
    private final URI broker;
    private final TaskLedger ledger;
    private final int perSecond;
    private final HttpServer target;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final ScheduledExecutorService pace =
            Executors.newSingleThreadScheduledExecutor(job -> new Thread(job, "chaos-load-1"));
    private final Semaphore unacknowledged = new Semaphore(MAX_UNACKNOWLEDGED);
    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicInteger deliveries = new AtomicInteger();

    TaskLoad(int brokerPort, TaskLedger ledger, int perSecond) throws IOException {
        this.broker = URI.create("http://127.0.0.1:" + brokerPort + "/v1/tasks");
        this.ledger = ledger;
        this.perSecond = perSecond;
        this.target = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
        target.setExecutor(Executors.newFixedThreadPool(8));
        target.createContext("/", this::deliver);
    }

    void start() {
        target.start();
        pace.scheduleAtFixedRate(this::next, 0, 1_000_000 / perSecond, TimeUnit.MICROSECONDS);
    }

    /** Goes on until {@code count} tasks are acknowledged, then stops and waits for those under way. */
    void finish(int count, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (ledger.acknowledged() < count && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        pace.shutdownNow();
        if (unacknowledged.tryAcquire(MAX_UNACKNOWLEDGED, Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS)) {
            unacknowledged.release(MAX_UNACKNOWLEDGED);
        }
    }

    @Override
    public void close() {
        pace.shutdownNow();
        target.stop(0);
    }

    private void next() {
        if (unacknowledged.tryAcquire()) {
            int number = numbers.incrementAndGet();
            submit(number, TRIES).whenComplete((done, failure) -> unacknowledged.release());
        }
    }

    private CompletableFuture<Void> submit(int number, int tries) {
        String json =
                "{\"url\":\"http://127.0.0.1:%d/%d\",\"method\":\"POST\",\"body\":\"%d\",\"task\":{\"key\":\"key-%d\",\"dedupeKey\":\"%s-%d\"}}"
                        .formatted(target.getAddress().getPort(), number, number, number % 500, run, number);
        HttpRequest request = HttpRequest.newBuilder(broker)
                .timeout(Duration.ofSeconds(5))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .handle((answer, failure) -> {
                    if (failure == null && answer.statusCode() == 202) {
                        ledger.acknowledge(JsonMapper.shared()
                                .readTree(answer.body())
                                .path("taskId")
                                .asString());
                        return CompletableFuture.<Void>completedFuture(null);
                    }
                    if (tries <= 1) {
                        return CompletableFuture.<Void>completedFuture(null);
                    }
                    return CompletableFuture.runAsync(() -> {}, CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS))
                            .thenCompose(ignored -> submit(number, tries - 1));
                })
                .thenCompose(next -> next);
    }

    private void deliver(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            String id = exchange.getRequestHeaders().getFirst("Moa-Task-Id");
            boolean isFirst = "1".equals(exchange.getRequestHeaders().getFirst("Moa-Attempt"));
            if (id == null || (isFirst && deliveries.incrementAndGet() % 50 == 0)) {
                exchange.sendResponseHeaders(503, -1);
                return;
            }
            ledger.deliver(id);
            exchange.sendResponseHeaders(204, -1);
        }
    }
}
