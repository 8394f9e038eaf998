package dev.moa.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP server that answers as one of the platform's apps would, or as an HTTP service. */
public final class StandInApp implements AutoCloseable {

    /** What came in and what goes out. */
    @FunctionalInterface
    public interface Answer {
        String to(Request request) throws IOException;
    }

    /** A request, read whole; {@code status} and {@code headers} of the answer may be set. */
    public static final class Request {
        private final HttpExchange exchange;
        private final String body;
        private int status = 200;

        private Request(HttpExchange exchange) throws IOException {
            this.exchange = exchange;
            this.body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        }

        public String method() {
            return exchange.getRequestMethod();
        }

        public String uri() {
            return exchange.getRequestURI().toString();
        }

        public String body() {
            return body;
        }

        public String header(String name) {
            return exchange.getRequestHeaders().getFirst(name);
        }

        public String query(String name) {
            String query = exchange.getRequestURI().getRawQuery();
            for (String pair : query == null ? new String[0] : query.split("&")) {
                if (pair.startsWith(name + "=")) {
                    return URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
                }
            }
            return "";
        }

        public Request status(int newStatus) {
            status = newStatus;
            return this;
        }

        /** Begins an answer without an end; the answer itself is then null. */
        public OutputStream stream(String contentType) throws IOException {
            exchange.getResponseHeaders().set("content-type", contentType);
            exchange.sendResponseHeaders(200, 0);
            return exchange.getResponseBody();
        }

        public Request answerHeader(String name, String value) {
            exchange.getResponseHeaders().add(name, value);
            return this;
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(24, work -> {
        Thread thread = new Thread(work, "stand-in-app");
        thread.setDaemon(true);
        return thread;
    });
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();

    private StandInApp() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    public static StandInApp start() {
        return new StandInApp().on("/actuator/health", request -> "{\"status\":\"UP\"}");
    }

    /** Answers paths that start with {@code prefix}; the longest prefix wins. */
    public StandInApp on(String prefix, Answer answer) {
        answers.put(prefix, answer);
        return this;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public String url() {
        return "http://127.0.0.1:" + port();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            Request request = new Request(exchange);
            exchange.getResponseHeaders().set("content-type", "application/json");
            String path = exchange.getRequestURI().getPath();
            Answer answer = new TreeMap<>(answers)
                    .descendingMap().entrySet().stream()
                            .filter(entry -> path.startsWith(entry.getKey()))
                            .map(Map.Entry::getValue)
                            .findFirst()
                            .orElse(unknown -> {
                                unknown.status(404);
                                return "{\"title\":\"Not Found\",\"status\":404,\"detail\":\"%s\"}".formatted(path);
                            });
            String text = answer.to(request);
            if (text == null) {
                return;
            }
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(request.status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
