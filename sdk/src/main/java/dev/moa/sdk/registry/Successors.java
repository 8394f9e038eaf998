package dev.moa.sdk.registry;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Who can take over a process's callers: instances that are up and serve all of its services on one port. */
final class Successors {

    private final List<Registration> own;
    private final List<Set<InetSocketAddress>> byService = new ArrayList<>();

    Successors(List<Registration> own) {
        this.own = own;
    }

    /** Takes the registry's answer for one of the services. */
    void add(JsonNode instances) {
        Set<InetSocketAddress> up = new LinkedHashSet<>();
        for (JsonNode each : instances) {
            String id = each.path("id").asString("");
            int port = each.path("port").asInt(0);
            boolean speaksResp = each.path("protocols").isMissingNode() || speaks(each, "resp");
            boolean asEncrypted =
                    own.stream().allMatch(mine -> mine.spec().protocols().contains("tls") == speaks(each, "tls"));
            boolean isOwn = own.stream().anyMatch(mine -> mine.id().equals(id));
            if (!isOwn
                    && speaksResp
                    && asEncrypted
                    && port > 0
                    && each.path("weight").asInt(1) > 0
                    && each.path("status").asString("UP").equals("UP")) {
                up.add(InetSocketAddress.createUnresolved(each.path("host").asString(""), port));
            }
        }
        byService.add(up);
    }

    private static boolean speaks(JsonNode instance, String protocol) {
        return instance.path("protocols")
                .valueStream()
                .anyMatch(name -> name.asString("").equals(protocol));
    }

    /** Returns those that stand in every answer; none if there was no answer. */
    List<InetSocketAddress> ofAll() {
        if (byService.isEmpty()) {
            return List.of();
        }
        Set<InetSocketAddress> common = new LinkedHashSet<>(byService.get(0));
        byService.forEach(common::retainAll);
        return List.copyOf(common);
    }
}
