package dev.moa.benchmarks.chaos;

import dev.moa.protocol.ServiceName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the routers say of all services, compared. */
final class Digests {
    private final Lab lab;
    private final List<ServiceName> services;

    Digests(Lab lab, List<ServiceName> services) {
        this.lab = lab;
        this.services = services;
    }

    /** How long it took until all routers said the same, and in what they differ where they do not. */
    record Agreement(long millis, String difference) {}

    /** Waits until all routers say the same. */
    Agreement await(Duration limit) throws InterruptedException {
        long started = System.nanoTime();
        while (true) {
            String difference = difference();
            long took = (System.nanoTime() - started) / 1_000_000;
            if (difference.isEmpty() || took > limit.toMillis()) {
                return new Agreement(took, difference);
            }
            TimeUnit.MILLISECONDS.sleep(25);
        }
    }

    private String difference() {
        List<Map<String, String>> all = new ArrayList<>();
        for (Lab.App router : lab.routers()) {
            Map<String, String> said = new TreeMap<>();
            services.forEach(service ->
                    said.put(service.value(), digest(Face.get(router, "/v1/lookup?all=true&service=" + service))));
            all.add(said);
        }
        for (ServiceName service : services) {
            String first = all.get(0).get(service.value());
            for (Map<String, String> other : all) {
                if (!other.getOrDefault(service.value(), "").equals(first)) {
                    return "%s: %s against %s".formatted(service, first, other.get(service.value()));
                }
            }
        }
        return "";
    }

    private static String digest(String answer) {
        try {
            JsonNode json = JsonMapper.shared().readTree(answer);
            TreeSet<String> instances = new TreeSet<>();
            json.path("instances")
                    .forEach(each -> instances.add("%d/%d %s%s"
                            .formatted(
                                    each.path("port").asInt(),
                                    each.path("incarnation").asLong(),
                                    each.path("status").asString(""),
                                    each.path("held").asBoolean(false) ? " held" : "")));
            return "%s@%s %s"
                    .formatted(json.path("revision"), json.path("epoch").asString(""), instances);
        } catch (JacksonException e) {
            return answer;
        }
    }
}
