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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What operators want of the registry and the routers, kept in memory as these keep it. */
final class StandInOperations {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String[] SOURCES = {
        "pinned:an operator's answer for a whole service",
        "live:the registry's Redis, followed in memory",
        "replica:a copy of the registry's Redis (moa.router.replica.url)",
        "primary:the registry's Redis, read for one lookup",
        "snapshot:the last good answers, on this disk",
        "dns:the names of moa.router.dns",
        "static:the addresses of moa.router.static"
    };

    final Map<String, ObjectNode> overrides = new TreeMap<>();
    final Map<String, ObjectNode> switches = new TreeMap<>();
    private final List<String> audit = new CopyOnWriteArrayList<>();
    private final List<BlockingQueue<String>> watches = new CopyOnWriteArrayList<>();
    private volatile boolean agree = true;

    StandInOperations(StandInApp registry, StandInApp router) {
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
        router.on("/v1/sources", this::sources);
        router.on("/v1/routers", request -> routers());
        router.on(
                "/v1/shadow",
                request -> "{\"order\":[],\"sinceMs\":0,\"compared\":0,\"different\":0,\"divergences\":[]}");
        router.on("/v1/audit", request -> "{\"entries\":[]}");
        router.on("/v1/explain", request -> explain(request.query("service"), request.query("zone")));
    }

    /** Lets one router differ from now on. */
    void diverge() {
        agree = false;
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

    private static String author(Request request) {
        String actor = request.header("Moa-Actor");
        return actor == null ? "local" : actor;
    }

    private synchronized String sources(Request request) {
        if (request.method().equals("PUT")) {
            String name = request.uri().replaceFirst(".*/", "");
            JsonNode wish = JSON.readTree(request.body());
            switches.put(name, ((ObjectNode) wish).put("by", author(request)).put("atMs", System.currentTimeMillis()));
            return source(SOURCES[1]);
        }
        List<String> rows = new ArrayList<>();
        for (String source : SOURCES) {
            rows.add(source(source));
        }
        return "{\"sources\":[" + String.join(",", rows) + "]}";
    }

    private String source(String source) {
        String name = source.substring(0, source.indexOf(':'));
        ObjectNode row = JSON.createObjectNode();
        row.put("name", name).put("description", source.substring(name.length() + 1));
        row.put("enabled", true).put("atMs", 0).put("shared", true);
        ObjectNode said = switches.get(name);
        if (said != null) {
            row.setAll(said);
        }
        return row.toString();
    }

    private String routers() {
        long now = System.currentTimeMillis();
        String same =
                "{\"address\":\"10.0.1.%d:6382\",\"router\":\"r%d\",\"self\":%s,\"digest\":\"5f0c1a\",\"services\":6,"
                        + "\"differs\":false,\"sinceMs\":0,\"why\":null,\"differences\":[]}";
        String third = agree
                ? same.formatted(3, 3, false)
                : ("{\"address\":\"10.0.1.3:6382\",\"router\":\"r3\",\"self\":false,\"digest\":\"77aa01\",\"services\":6,\"differs\":true,"
                                + "\"sinceMs\":%d,\"why\":null,\"differences\":[{\"service\":\"/service/user\",\"sinceMs\":%d,"
                                + "\"here\":\"revision 57 of 17952, 4 instances, 90ab\",\"there\":\"revision 55 of 17952, 3 instances, 11cd\"}]}")
                        .formatted(now - 130_000, now - 130_000);
        String says = agree
                ? "all 3 routers answer the same"
                : "3 of 3 routers answer; 10.0.1.3:6382 differs from the others since 2 min 10 s, for /service/user";
        return "{\"atMs\":%d,\"agree\":%s,\"says\":\"%s\",\"routers\":[%s,%s,%s]}"
                .formatted(now, agree, says, same.formatted(1, 1, true), same.formatted(2, 2, false), third);
    }

    private static String explain(String service, String zone) {
        boolean west = zone.equals("eu-1b");
        return ("{\"service\":\"%s\",\"says\":\"The source live answers with %d of 4 instances.\",\"answeredBy\":\"live\",\"listed\":%d,"
                        + "\"suspicion\":null,\"store\":null,\"elsewhere\":[],\"steps\":["
                        + "{\"source\":\"pinned\",\"description\":\"an operator's answer\",\"enabled\":true,\"by\":null,\"outcome\":\"passed\",\"decides\":false,\"why\":\"no operator has pinned it\",\"epoch\":null,\"revision\":null,\"ageMs\":null,\"instances\":null},"
                        + "{\"source\":\"live\",\"description\":\"followed in memory\",\"enabled\":true,\"by\":null,\"outcome\":\"answered\",\"decides\":true,\"why\":\"\",\"epoch\":\"e\",\"revision\":57,\"ageMs\":812,\"instances\":4}],"
                        + "\"instances\":["
                        + "{\"id\":\"x.7f3a0\",\"incarnation\":1,\"host\":\"10.0.3.10\",\"port\":6390,\"weight\":100,\"zone\":\"eu-1a\",\"version\":\"2.4.7\",\"status\":\"UP\",\"held\":false,\"inAnswer\":%s,\"reason\":\"registered\",\"overriddenBy\":[],\"why\":%s},"
                        + "{\"id\":\"x.7f3a3\",\"incarnation\":1,\"host\":\"10.0.3.13\",\"port\":6393,\"weight\":100,\"zone\":\"eu-1b\",\"version\":\"2.4.8\",\"status\":\"DRAINING\",\"held\":false,\"inAnswer\":false,\"reason\":\"operator\",\"overriddenBy\":[\"o-7: anna: bad disk\"],\"why\":\"status is DRAINING\"}]}")
                .formatted(
                        service,
                        west ? 1 : 3,
                        west ? 1 : 3,
                        !west,
                        west ? "\"zone is eu-1a, asked for eu-1b\"" : "null");
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
