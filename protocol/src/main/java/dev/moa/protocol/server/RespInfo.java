package dev.moa.protocol.server;

import dev.moa.protocol.Caller;
import dev.moa.protocol.resp.RespWriter;
import io.netty.buffer.ByteBuf;
import io.netty.util.internal.PlatformDependent;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * {@code INFO [section …]}: what clients check before they call, in Redis' sections; and {@code moa}, for operators:
 * connections, calls in flight, buffers, and what the port's owner adds.
 */
final class RespInfo {

    private static final String OPS = "MOA";

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
        sections.put("Moa", () -> ops() + peers.moreForOperators());
    }

    void run(RespConnection connection, RespWords words, ByteBuf out) {
        Set<String> wanted = new TreeSet<>();
        for (int i = 1; i < words.size(); i++) {
            wanted.add(words.option(i));
        }
        boolean seesOps = seesOps(connection.peer());
        if (wanted.contains(OPS) && !seesOps) {
            RespWriter.error(out, "NOPERM INFO moa needs a token with the role operator or reader");
            return;
        }
        // clients ask for INFO at connect: what is only for people comes when they ask for it
        boolean isDefault = wanted.isEmpty() || wanted.contains("DEFAULT");
        boolean isAll = wanted.contains("ALL") || wanted.contains("EVERYTHING");
        StringBuilder text = new StringBuilder();
        sections.forEach((name, body) -> {
            String key = name.toUpperCase(Locale.ROOT);
            boolean isOps = key.equals(OPS);
            if (wanted.contains(key) || (isAll && (seesOps || !isOps)) || (isDefault && !isOps)) {
                text.append("# ").append(name).append('\n').append(body.get()).append('\n');
            }
        });
        RespWriter.bulk(out, text.toString().replace("\n", "\r\n"));
    }

    private static boolean seesOps(Peer peer) {
        Caller caller = peer.caller();
        return peer.isOperator() || (caller != null && caller.role() == Caller.Role.READER);
    }

    private String ops() {
        Map<String, Integer> byProtocol = new TreeMap<>();
        long waiting = 0;
        int busy = 0;
        for (Peer each : peers.all()) {
            byProtocol.merge(each.protocol(), 1, Integer::sum);
            waiting += each.outboundBytes();
            busy += each.isBusy() ? 1 : 0;
        }
        StringBuilder text = new StringBuilder();
        text.append("name:").append(peers.name()).append('\n');
        text.append("going_away:").append(peers.desk().isGoingAway() ? 1 : 0).append('\n');
        text.append("connections:").append(peers.count()).append('\n');
        text.append("connections_busy:").append(busy).append('\n');
        byProtocol.forEach((protocol, count) -> text.append("connections_")
                .append(protocol.equals("?") ? "silent" : protocol)
                .append(':')
                .append(count)
                .append('\n'));
        text.append("calls_in_flight:").append(peers.desk().inFlight()).append('\n');
        text.append("oneway_calls_dropped:")
                .append(peers.desk().onewaysDropped())
                .append('\n');
        text.append("reply_bytes_waiting:").append(waiting).append('\n');
        text.append("direct_buffer_bytes:")
                .append(Math.max(0, PlatformDependent.usedDirectMemory()))
                .append('\n');
        return text.toString();
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
