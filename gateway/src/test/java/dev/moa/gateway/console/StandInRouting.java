package dev.moa.gateway.console;

import dev.moa.gateway.StandInApp;
import dev.moa.gateway.StandInApp.Request;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What operators want of the routers, kept in memory as these keep it; answers follow from it. */
final class StandInRouting {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Map<String, String> DESCRIPTIONS = Map.of(
            "pinned", "an operator's answer for a whole service",
            "live", "the registry's Redis, followed in memory",
            "replica", "a copy of the registry's Redis (moa.router.replica.url)",
            "primary", "the registry's Redis, read for one lookup",
            "snapshot", "the last good answers, on this disk",
            "dns", "the names of moa.router.dns",
            "static", "the addresses of moa.router.static");
    private static final List<String> USUAL =
            List.of("pinned", "live", "replica", "primary", "snapshot", "dns", "static");
    private static final int MAX_INSTANCES = 3;

    private final Map<String, ObjectNode> switches = new TreeMap<>();
    private final Map<String, ObjectNode> pinned = new TreeMap<>();
    private final List<ObjectNode> audit = new ArrayList<>();
    private final Collection<String> services;
    private ObjectNode order = JSON.createObjectNode();
    private ObjectNode trial = JSON.createObjectNode();
    private volatile boolean agree = true;

    StandInRouting(StandInApp router, Collection<String> services) {
        this.services = services;
        router.on("/v1/sources", this::sources);
        router.on("/v1/pinned", this::pinned);
        router.on("/v1/order", this::order);
        router.on("/v1/shadow", this::shadow);
        router.on("/v1/preview", request -> preview(request.query("order")));
        router.on("/v1/routers", request -> routers());
        router.on("/v1/services", request -> services());
        router.on("/v1/lookup", request -> lookup(request.query("service")));
        router.on("/v1/audit", request -> audit());
        router.on("/v1/explain", request -> explain(request.query("service"), request.query("zone")));
    }

    /** Lets one router differ from now on. */
    void diverge() {
        agree = false;
    }

    /** Returns what is pinned for the service, or null. */
    synchronized @Nullable JsonNode pinned(String service) {
        return pinned.get(service);
    }

    private synchronized String sources(Request request) {
        if (request.method().equals("PUT")) {
            String name = request.uri().replaceFirst(".*/", "");
            ObjectNode said = signed(request, (ObjectNode) JSON.readTree(request.body()));
            switches.put(name, said);
            audited(said, said.path("enabled").asBoolean() ? "switch-on" : "switch-off", null)
                    .put("source", name);
            return source(name).toString();
        }
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode rows = answer.putArray("sources");
        inForce().forEach(name -> rows.add(source(name)));
        return answer.toString();
    }

    private ObjectNode source(String name) {
        ObjectNode row = JSON.createObjectNode();
        row.put("name", name).put("description", DESCRIPTIONS.get(name));
        row.put("enabled", true).put("atMs", 0).put("shared", true);
        if (switches.containsKey(name)) {
            row.setAll(switches.get(name));
        }
        return row;
    }

    private synchronized String pinned(Request request) {
        String service = request.query("service");
        ObjectNode said = JSON.createObjectNode();
        switch (request.method()) {
            case "PUT" -> {
                JsonNode body = JSON.readTree(request.body());
                if (body.path("instances").size() > MAX_INSTANCES) {
                    request.status(400);
                    return "{\"title\":\"INVALID_ARGUMENT\",\"detail\":\"instances: %d of them (expected: an array of at most %d objects)\"}"
                            .formatted(body.path("instances").size(), MAX_INSTANCES);
                }
                said.put("service", service)
                        .put("callable", body.path("instances").size());
                said.set("instances", body.path("instances"));
                signed(request, said).put("reason", body.path("reason").asString());
                if (body.has("expiresSeconds")) {
                    said.put(
                            "expiresAtMs",
                            said.path("atMs").asLong()
                                    + 1000 * body.path("expiresSeconds").asLong());
                }
                pinned.put(service, said);
                audited(said, "pin", service);
            }
            case "DELETE" -> {
                pinned.remove(service);
                audited(signed(request, said).put("reason", request.query("reason")), "unpin", service);
            }
            default -> {
                ArrayNode rows = said.putArray("pinned");
                pinned.values().stream()
                        .filter(each -> service.isEmpty()
                                || service.equals(each.path("service").asString()))
                        .forEach(rows::add);
            }
        }
        return said.toString();
    }

    private synchronized String order(Request request) {
        if (request.method().equals("PUT")) {
            order = signed(request, (ObjectNode) JSON.readTree(request.body()));
            audited(order, "order", null);
        }
        ObjectNode answer = order.deepCopy();
        answer.set("order", JSON.valueToTree(inForce()));
        answer.set("usual", JSON.valueToTree(USUAL));
        answer.put("shared", true).put("atMs", order.path("atMs").asLong(0));
        return answer.toString();
    }

    private List<String> inForce() {
        List<String> wanted = names(order.path("order"));
        return wanted.isEmpty() ? USUAL : wanted;
    }

    private synchronized String shadow(Request request) {
        if (!request.method().equals("GET")) {
            trial = signed(
                    request,
                    request.method().equals("PUT")
                            ? (ObjectNode) JSON.readTree(request.body())
                            : JSON.createObjectNode());
            if (trial.path("reason").isMissingNode()) {
                trial.put("reason", request.query("reason"));
            }
            audited(trial, request.method().equals("PUT") ? "shadow" : "shadow-end", null);
        }
        ObjectNode answer = trial.deepCopy();
        List<String> compared = names(trial.path("order"));
        answer.put("shared", true).put("sinceMs", trial.path("atMs").asLong(0));
        answer.set("order", JSON.valueToTree(compared));
        answer.putIfAbsent("overrides", JSON.createArrayNode());
        ArrayNode divergences = answer.putArray("divergences");
        if (!compared.isEmpty()) {
            divergences.addAll(divergences(compared));
        }
        answer.put("compared", compared.isEmpty() ? 0 : 128).put("different", 9 * divergences.size());
        return answer.toString();
    }

    private synchronized String preview(String sources) {
        List<ObjectNode> divergences = divergences(sources.isEmpty() ? List.of() : List.of(sources.split(",")));
        ObjectNode answer = JSON.createObjectNode();
        answer.put("services", services.size()).put("compared", services.size()).put("different", divergences.size());
        answer.put(
                "emptied",
                divergences.stream()
                        .filter(each -> each.path("wouldBeCallable").asInt() == 0)
                        .count());
        answer.putArray("divergences").addAll(divergences);
        return answer.toString();
    }

    private record Told(String source, List<String> addresses) {}

    /** The snapshot is behind: it lacks an instance of one service, and knows nobody of another who can be called. */
    private Told told(String service, List<String> sources) {
        for (String source : sources) {
            JsonNode mine = pinned.get(service);
            if (source.equals("pinned") && mine != null) {
                List<String> addresses = new ArrayList<>();
                mine.path("instances")
                        .forEach(each -> addresses.add(each.path("host").asString() + ":"
                                + each.path("port").asInt()));
                return new Told(source, addresses);
            }
            boolean isBehind = source.equals("snapshot");
            if (source.equals("live") || source.equals("primary") || isBehind) {
                int many =
                        isBehind && service.endsWith("helloworld") ? 0 : isBehind && service.endsWith("user") ? 2 : 3;
                return new Told(
                        source,
                        IntStream.range(0, many)
                                .mapToObj(i -> "10.0.3.%d:%d".formatted(10 + i, 6390 + i))
                                .toList());
            }
        }
        return new Told("none", List.of());
    }

    private List<ObjectNode> divergences(List<String> sources) {
        List<String> on = inForce().stream()
                .filter(name -> source(name).path("enabled").asBoolean())
                .toList();
        List<ObjectNode> rows = new ArrayList<>();
        for (String service : services) {
            Told now = told(service, on);
            Told then = told(service, sources);
            if (!now.addresses.equals(then.addresses)) {
                ObjectNode row = JSON.createObjectNode();
                row.put("service", service).put("atMs", System.currentTimeMillis() - 4_000);
                row.put("answeredBy", now.source).put("wouldBe", then.source);
                row.put("callable", now.addresses.size()).put("wouldBeCallable", then.addresses.size());
                row.set("missing", JSON.valueToTree(without(now.addresses, then.addresses)));
                row.set("extra", JSON.valueToTree(without(then.addresses, now.addresses)));
                row.put("why", "%s has revision 57, %s has 55".formatted(now.source, then.source));
                rows.add(row);
            }
        }
        return rows;
    }

    private static List<String> without(List<String> all, List<String> those) {
        return all.stream().filter(each -> !those.contains(each)).toList();
    }

    private synchronized String lookup(String service) {
        ObjectNode answer = JSON.createObjectNode();
        Told told = told(service, inForce());
        answer.put("service", service).put("source", told.source);
        ArrayNode rows = answer.putArray("instances");
        for (String address : told.addresses) {
            String[] parts = address.split(":");
            rows.addObject()
                    .put("id", "x." + parts[1])
                    .put("incarnation", 12)
                    .put("host", parts[0])
                    .put("port", Integer.parseInt(parts[1]))
                    .put("weight", 100)
                    .put("zone", "eu-1a")
                    .put("status", "UP");
        }
        return answer.toString();
    }

    private synchronized String services() {
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode rows = answer.putArray("services");
        services.forEach(name -> rows.addObject().put("service", name));
        return answer.toString();
    }

    private static ObjectNode signed(Request request, ObjectNode word) {
        return word.put("by", StandInOperations.author(request))
                .put("atMs", System.currentTimeMillis())
                .put("shared", true);
    }

    private ObjectNode audited(ObjectNode word, String action, @Nullable String service) {
        ObjectNode entry = JSON.createObjectNode();
        entry.put("atMs", word.path("atMs").asLong())
                .put("author", word.path("by").asString());
        entry.put("action", action)
                .put("service", service)
                .put("reason", word.path("reason").asString(""));
        entry.put(
                "detail",
                word.path("order").isMissingNode() ? "" : word.path("order").toString());
        audit.add(0, entry);
        return entry;
    }

    private synchronized String audit() {
        ObjectNode answer = JSON.createObjectNode();
        answer.putArray("entries").addAll(audit);
        return answer.toString();
    }

    private static List<String> names(JsonNode array) {
        List<String> names = new ArrayList<>();
        array.forEach(each -> names.add(each.asString()));
        return names;
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

    private synchronized String explain(String service, String zone) {
        boolean west = zone.equals("eu-1b");
        boolean isPinned = pinned.containsKey(service);
        return ("{\"service\":\"%s\",\"says\":\"The source live answers with %d of 4 instances.\",\"answeredBy\":\"%s\",\"listed\":%d,"
                        + "\"suspicion\":null,\"store\":null,\"elsewhere\":[],\"steps\":["
                        + "{\"source\":\"pinned\",\"description\":\"an operator's answer\",\"enabled\":true,\"by\":null,\"outcome\":\"passed\",\"decides\":false,\"why\":\"no operator has pinned it\",\"epoch\":null,\"revision\":null,\"ageMs\":null,\"instances\":null},"
                        + "{\"source\":\"live\",\"description\":\"followed in memory\",\"enabled\":true,\"by\":null,\"outcome\":\"answered\",\"decides\":true,\"why\":\"\",\"epoch\":\"e\",\"revision\":57,\"ageMs\":812,\"instances\":4}],"
                        + "\"instances\":["
                        + "{\"id\":\"x.7f3a0\",\"incarnation\":1,\"host\":\"10.0.3.10\",\"port\":6390,\"weight\":100,\"zone\":\"eu-1a\",\"version\":\"2.4.7\",\"status\":\"UP\",\"held\":false,\"inAnswer\":%s,\"reason\":\"registered\",\"overriddenBy\":[],\"why\":%s},"
                        + "{\"id\":\"x.7f3a3\",\"incarnation\":1,\"host\":\"10.0.3.13\",\"port\":6393,\"weight\":100,\"zone\":\"eu-1b\",\"version\":\"2.4.8\",\"status\":\"DRAINING\",\"held\":false,\"inAnswer\":false,\"reason\":\"operator\",\"overriddenBy\":[\"o-7: anna: bad disk\"],\"why\":\"status is DRAINING\"}]}")
                .formatted(
                        service,
                        west ? 1 : 3,
                        isPinned ? "pinned" : "live",
                        west ? 1 : 3,
                        !west,
                        west ? "\"zone is eu-1a, asked for eu-1b\"" : "null");
    }
}
