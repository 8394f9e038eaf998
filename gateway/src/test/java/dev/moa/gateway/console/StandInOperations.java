package dev.moa.gateway.console;

import dev.moa.gateway.StandInApp;
import dev.moa.gateway.StandInApp.Request;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What operators want of the registry and the routers, kept in memory as these keep it. */
final class StandInOperations {
    private static final JsonMapper JSON = JsonMapper.shared();
    final Map<String, ObjectNode> overrides = new TreeMap<>();
    private final List<String> audit = new CopyOnWriteArrayList<>();
    private final List<BlockingQueue<String>> watches = new CopyOnWriteArrayList<>();

    StandInOperations(StandInApp registry) {
        ObjectNode out = JSON.createObjectNode();
        out.put("id", "o-7").put("service", "/service/profile/photo").put("kind", "OPERATOR");
        out.put("author", "anna").put("reason", "bad disk").put("createdAtMs", System.currentTimeMillis() - 600_000);
        out.putObject("scope");
        out.putObject("set").put("status", "DOWN");
        overrides.put("o-7", out);
        registry.on("/v1/overrides", this::overrides);
        registry.on("/v1/intent", request -> {
            JSON.readTree(request.body())
                    .path("overrides")
                    .forEach(each -> overrides.put(each.path("id").asString(), (ObjectNode) each));
            return audited(request, "restore", "restore", "", "{\"restored\":1}");
        });
        registry.on("/v1/audit", request -> "{\"entries\":[" + String.join(",", newestFirst()) + "]}");
        registry.on("/v1/diff", request -> diff(request.query("service")));
        registry.on(
                "/v1/probes",
                request ->
                        "{\"registry\":\"r1\",\"registries\":[\"r1\",\"r2\"],\"instances\":[{\"id\":\"L3NlcnZpY2UvdXNlcg.7f3a0\","
                                + "\"address\":\"10.0.3.10:6390\",\"state\":\"failing\",\"words\":\"2 in a row: no answer within 800 ms\"}]}");
        registry.on("/v1/watch", this::watch);
    }

    /** Tells every watch that the service has changed. */
    void changed(String service) {
        watches.forEach(watch -> watch.add(service));
    }

    private synchronized String overrides(Request request) {
        String service = request.query("service");
        switch (request.method()) {
            case "POST" -> {
                ObjectNode wish = (ObjectNode) JSON.readTree(request.body());
                String id = "o-" + (overrides.size() + 1);
                ObjectNode override = wish.deepCopy();
                override.put("id", id)
                        .put("kind", "OPERATOR")
                        .put("author", author(request))
                        .put("createdAtMs", System.currentTimeMillis());
                override.put(
                        "expiresAtMs",
                        System.currentTimeMillis()
                                + 1000 * wish.path("expiresSeconds").asLong(600));
                overrides.put(id, override);
                request.status(201);
                return audited(
                        request,
                        "override",
                        wish.path("reason").asString(),
                        wish.path("service").asString(),
                        "{\"override\":%s,\"changed\":1}".formatted(override));
            }
            case "DELETE" -> {
                String id = request.uri().replaceFirst(".*/overrides/([^?]*).*", "$1");
                overrides.remove(id);
                return audited(
                        request,
                        "lift",
                        request.query("reason"),
                        service,
                        "{\"id\":\"%s\",\"changed\":1}".formatted(id));
            }
            default -> {
                List<String> mine = new ArrayList<>();
                overrides.values().stream()
                        .filter(each -> each.path("service").asString().equals(service))
                        .forEach(each -> mine.add(each.toString()));
                return "{\"service\":\"%s\",\"overrides\":[%s]}".formatted(service, String.join(",", mine));
            }
        }
    }

    private String audited(Request request, String action, String reason, String service, String answer) {
        audit.add(
                "{\"atMs\":%d,\"author\":\"%s\",\"action\":\"%s\",\"service\":\"%s\",\"instance\":null,\"reason\":\"%s\",\"detail\":\"o-1\"}"
                        .formatted(System.currentTimeMillis(), author(request), action, service, reason));
        changed(service);
        return answer;
    }

    private List<String> newestFirst() {
        List<String> entries = new ArrayList<>(audit);
        Collections.reverse(entries);
        return entries;
    }

    static String author(Request request) {
        String actor = request.header("Moa-Actor");
        return actor == null ? "local" : actor;
    }

    private static String diff(String service) {
        String instance =
                "{\"id\":\"x.%s\",\"incarnation\":1,\"service\":\"%s\",\"host\":\"10.0.3.%d\",\"port\":6390,\"status\":\"%s\",\"weight\":%d,\"tags\":{},\"metadata\":{}}";
        return "{\"service\":\"%s\",\"epoch\":\"e\",\"from\":55,\"to\":57,\"differences\":[%s]}"
                .formatted(
                        service,
                        "{\"id\":\"x.a\",\"what\":\"added\",\"reason\":\"registered\",\"before\":null,\"after\":%s},"
                                        .formatted(instance.formatted("a", service, 9, "UP", 100))
                                + "{\"id\":\"x.b\",\"what\":\"changed\",\"reason\":\"operator\",\"before\":%s,\"after\":%s},"
                                        .formatted(
                                                instance.formatted("b", service, 10, "UP", 100),
                                                instance.formatted("b", service, 10, "DRAINING", 10))
                                + "{\"id\":\"x.c\",\"what\":\"removed\",\"reason\":\"lease-lost\",\"before\":%s,\"after\":null}"
                                        .formatted(instance.formatted("c", service, 11, "UP", 100)));
    }

    private String watch(Request request) throws IOException {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        watches.add(told);
        try (OutputStream out = request.stream("text/event-stream")) {
            send(out, "event:token\nid:t1\ndata:t1\n\n");
            while (!Thread.currentThread().isInterrupted()) {
                String service = told.poll(1, TimeUnit.SECONDS);
                send(
                        out,
                        service == null
                                ? ":still here\n\n"
                                : "event:change\ndata:{\"service\":\"%s\"}\n\n".formatted(service));
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        } finally {
            watches.remove(told);
        }
        return null;
    }

    private static void send(OutputStream out, String event) throws IOException {
        out.write(event.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
