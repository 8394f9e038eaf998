package dev.moa.protocol.server;

import dev.moa.protocol.resp.RespWriter;
import io.netty.buffer.ByteBuf;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/** {@code INFO [section …]}: what clients check before they call, in Redis' sections. */
final class RespInfo {

    private static final Set<String> ALL = Set.of("DEFAULT", "ALL", "EVERYTHING");

    private final PeerBook peers;
    private final Map<String, Supplier<String>> sections = new LinkedHashMap<>();

    RespInfo(PeerBook peers) {
        this.peers = peers;
        sections.put("Server", this::server);
        sections.put("Clients", this::clients);
        sections.put("Memory", RespInfo::memory);
        sections.put("Persistence", () -> "loading:0\n");
        sections.put("Stats", () -> "calls_in_flight:" + peers.desk().inFlight() + "\n");
        sections.put("Replication", () -> "role:master\nconnected_slaves:0\n");
        sections.put("Cluster", () -> "cluster_enabled:0\n");
    }

    void run(RespConnection connection, RespWords words, ByteBuf out) {
        Set<String> wanted = new TreeSet<>();
        for (int i = 1; i < words.size(); i++) {
            wanted.add(words.option(i));
        }
        boolean isAll = wanted.isEmpty() || wanted.stream().anyMatch(ALL::contains);
        StringBuilder text = new StringBuilder();
        sections.forEach((name, body) -> {
            if (isAll || wanted.contains(name.toUpperCase(Locale.ROOT))) {
                text.append("# ").append(name).append('\n').append(body.get()).append('\n');
            }
        });
        RespWriter.bulk(out, text.toString().replace("\n", "\r\n"));
    }

    private String server() {
        return """
                redis_version:%s
                redis_mode:standalone
                process_id:%d
                tcp_port:%d
                moa_name:%s
                """.formatted(RespCommands.REDIS_VERSION, ProcessHandle.current().pid(), peers.port(), peers.name());
    }

    private String clients() {
        return """
                connected_clients:%d
                maxclients:%d
                """.formatted(peers.count(), peers.desk().limits().maxConnections());
    }

    private static String memory() {
        Runtime runtime = Runtime.getRuntime();
        return "used_memory:" + (runtime.totalMemory() - runtime.freeMemory()) + "\n";
    }
}
