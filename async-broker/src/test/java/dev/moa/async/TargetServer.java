package dev.moa.async;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** An HTTP endpoint that keeps a ledger of what it got and answers as it is told. */
final class TargetServer implements AutoCloseable {

    /** A request that came in. */
    record Got(String path, String body, String taskId, int attempt, String traceparent, long atNanos) {}

    /** An answer. */
    record Answer(int status, String body, Map<String, String> headers, long delayMs) {
        static Answer ok() {
            return new Answer(200, "ok", Map.of(), 0);
        }

        static Answer of(int status) {
            return new Answer(status, "answer " + status, Map.of(), 0);
        }

        Answer after(long ms) {
            return new Answer(status, body, headers, ms);
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(32);
    private final List<Got> ledger = java.util.Collections.synchronizedList(new java.util.ArrayList<>());
    private final Map<String, Function<Got, Answer>> answers = new ConcurrentHashMap<>();

    TargetServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    void answer(String path, Function<Got, Answer> answer) {
        answers.put(path, answer);
    }

    List<Got> got(String path) {
        synchronized (ledger) {
            return ledger.stream().filter(g -> g.path().equals(path)).toList();
        }
    }

    int count() {
        return ledger.size();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String attempt = exchange.getRequestHeaders().getFirst("Moa-Attempt");
            Got got = new Got(
                    exchange.getRequestURI().getPath(),
                    body,
                    exchange.getRequestHeaders().getFirst("Moa-Task-Id"),
                    attempt == null ? 0 : Integer.parseInt(attempt),
                    exchange.getRequestHeaders().getFirst("traceparent"),
                    System.nanoTime());
            ledger.add(got);
            Answer answer = answers.getOrDefault(got.path(), g -> Answer.ok()).apply(got);
            if (answer.delayMs() > 0) {
                Thread.sleep(answer.delayMs());
            }
            byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
            answer.headers()
                    .forEach((name, value) -> exchange.getResponseHeaders().add(name, value));
            exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
