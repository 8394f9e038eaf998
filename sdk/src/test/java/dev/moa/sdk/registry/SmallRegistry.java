package dev.moa.sdk.registry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.IncomingCall;
import dev.moa.protocol.Payload;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.server.MoaPort;
import dev.moa.sdk.codec.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The registry's REST face as the design lays it down, in memory. */
final class SmallRegistry implements AutoCloseable {

    private final HttpServer http;
    private final Map<String, ObjectNode> instances = new ConcurrentHashMap<>();
    private final AtomicLong incarnations = new AtomicLong();
    private final AtomicInteger renewals = new AtomicInteger();
    private volatile int lastRenewed;
    private volatile @Nullable String moaAddress;
    private volatile boolean acknowledges = true;
    private volatile @Nullable CountDownLatch hung;

    SmallRegistry(int port) throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        http.createContext("/v1/", this::handle);
        http.start();
    }

    int port() {
        return http.getAddress().getPort();
    }

    Map<String, ObjectNode> instances() {
        return instances;
    }

    int renewals() {
        return renewals.get();
    }

    int lastRenewed() {
        return lastRenewed;
    }

    void forget() {
        instances.clear();
    }

    void acknowledges(boolean newAcknowledges) {
        acknowledges = newAcknowledges;
    }

    /** It takes requests and answers none, as a process that is stopped. */
    void hang() {
        hung = new CountDownLatch(1);
    }

    void goOn() {
        CountDownLatch waiting = hung;
        hung = null;
        if (waiting != null) {
            waiting.countDown();
        }
    }

    void takeOver() {
        instances.values().forEach(body -> body.put("incarnation", incarnations.incrementAndGet()));
    }

    HoldPort openHoldPort() {
        HoldPort port = new HoldPort();
        moaAddress = "127.0.0.1:" + port.port.port();
        return port;
    }

    private void handle(HttpExchange exchange) throws IOException {
        CountDownLatch waiting = hung;
        if (waiting != null) {
            try {
                waiting.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        String path = exchange.getRequestURI().getPath();
        JsonNode body = Json.MAPPER.readTree(exchange.getRequestBody());
        String last = path.substring(path.lastIndexOf('/') + 1);
        String query = exchange.getRequestURI().getQuery();
        switch (exchange.getRequestMethod() + " " + path.replaceAll("/v1/instances/.*", "/v1/instances/id")) {
            case "POST /v1/instances" -> register((ObjectNode) body, exchange);
            case "POST /v1/instances/id" ->
                reply(exchange, 200, Json.MAPPER.createObjectNode().put("acknowledged", acknowledges));
            case "GET /v1/instances" -> {
                ObjectNode answer = Json.MAPPER.createObjectNode();
                answer.putArray("instances")
                        .addAll(instances.values().stream()
                                .filter(each -> query.equals(
                                        "service=" + each.path("service").asString()))
                                .toList());
                reply(exchange, 200, answer);
            }
            case "PUT /v1/leases" -> renew(body, exchange);
            case "PATCH /v1/instances/id" -> {
                ObjectNode known = instances.get(last);
                if (known == null
                        || !query.equals(
                                "incarnation=" + known.path("incarnation").asLong())) {
                    reply(exchange, 409, Json.MAPPER.createObjectNode());
                } else {
                    known.setAll((ObjectNode) body);
                    reply(exchange, 200, known);
                }
            }
            case "DELETE /v1/instances/id" -> {
                instances.remove(last);
                reply(exchange, 200, Json.MAPPER.createObjectNode());
            }
            default -> reply(exchange, 404, Json.MAPPER.createObjectNode());
        }
    }

    private void register(ObjectNode body, HttpExchange exchange) throws IOException {
        reply(exchange, 201, registered(body));
    }

    private ObjectNode registered(ObjectNode body) {
        long incarnation = incarnations.incrementAndGet();
        body.put("incarnation", incarnation);
        instances.put(body.path("id").asString(), body);
        ObjectNode answer = Json.MAPPER.createObjectNode();
        answer.set("id", body.path("id"));
        answer.put("incarnation", incarnation).put("ttlSeconds", 10).put("revision", incarnation);
        if (moaAddress != null) {
            answer.put("moaAddress", moaAddress);
        }
        return answer;
    }

    private void renew(JsonNode body, HttpExchange exchange) throws IOException {
        ObjectNode answer = renewal(body.path("leases"));
        renewals.incrementAndGet();
        reply(exchange, 200, answer);
    }

    private ObjectNode renewal(JsonNode leases) {
        ObjectNode answer = Json.MAPPER.createObjectNode();
        ArrayNode renewed = answer.putArray("renewed");
        ArrayNode unknown = answer.putArray("unknown");
        ArrayNode stale = answer.putArray("stale");
        for (JsonNode lease : leases) {
            ObjectNode known = instances.get(lease.path("id").asString());
            if (known == null) {
                unknown.add(lease.path("id"));
            } else if (known.path("incarnation").asLong()
                    != lease.path("incarnation").asLong()) {
                stale.addObject().set("id", lease.path("id"));
            } else {
                renewed.add(lease.path("id"));
            }
        }
        lastRenewed = renewed.size();
        return answer;
    }

    private static void reply(HttpExchange exchange, int status, JsonNode body) throws IOException {
        byte[] bytes = Json.MAPPER.writeValueAsBytes(body);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        goOn();
        http.stop(0);
    }

    /** {@code /service/registry}: a {@code hold} is answered after a second and a half. */
    final class HoldPort implements AutoCloseable {
        private final AtomicInteger holding = new AtomicInteger();
        private final AtomicInteger asked = new AtomicInteger();
        private volatile int leases;
        private volatile boolean onlyHolds;
        private final MoaPort port =
                MoaPort.builder(this::answer).port(0).build().start();

        private CompletionStage<CallResponse> answer(CallRequest request, IncomingCall call) {
            JsonNode argument = Json.MAPPER.readTree(request.args().text()).path(0);
            if (request.method().equals("hold")) {
                return hold(request, call, argument.size());
            }
            asked.incrementAndGet();
            if (onlyHolds) {
                return CompletableFuture.completedFuture(
                        CallResponse.failure(request.id(), StatusCode.UNIMPLEMENTED, "an older registry"));
            }
            ObjectNode answer = request.method().equals("renew") ? renewal(argument) : registeredAll(argument);
            return CompletableFuture.completedFuture(
                    CallResponse.success(request.id(), Payload.json(answer.toString())));
        }

        private ObjectNode registeredAll(JsonNode bodies) {
            ObjectNode answer = Json.MAPPER.createObjectNode();
            ArrayNode results = answer.putArray("results");
            bodies.forEach(body -> results.addObject().set("registered", registered((ObjectNode) body)));
            return answer;
        }

        private CompletionStage<CallResponse> hold(CallRequest request, IncomingCall call, int count) {
            leases = count;
            holding.incrementAndGet();
            CompletableFuture<CallResponse> answer = new CompletableFuture<>();
            answer.whenComplete((response, cancelled) -> holding.decrementAndGet());
            call.onCancel(() -> answer.cancel(false));
            return answer.completeOnTimeout(
                    CallResponse.success(request.id(), Payload.NULL), 1_500, TimeUnit.MILLISECONDS);
        }

        int holding() {
            return holding.get();
        }

        int leases() {
            return leases;
        }

        /** Returns how often it was asked for anything but a hold. */
        int asked() {
            return asked.get();
        }

        void onlyHolds() {
            onlyHolds = true;
        }

        @Override
        public void close() {
            port.close();
        }
    }
}
