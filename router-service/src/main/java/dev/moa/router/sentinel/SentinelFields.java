package dev.moa.router.sentinel;

import dev.moa.protocol.resp.RespVersion;
import dev.moa.protocol.resp.RespWriter;
import dev.moa.router.address.Instance;
import dev.moa.router.address.ServiceView;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The field lists by which Sentinel describes masters, replicas and sentinels. */
final class SentinelFields {
    private static final String DOWN_AFTER_MS = "1000";
    // fields of replicaRest
    private static final int REPLICA_REST = 2;

    private SentinelFields() {}

    static void master(
            ByteBuf out, RespVersion version, ServiceView view, Instance master, int instances, int routers) {
        write(
                out,
                version,
                view.service().value(),
                "master",
                master,
                0,
                "info-refresh",
                "0",
                "role-reported",
                "master",
                "role-reported-time",
                "0",
                "config-epoch",
                Long.toString(view.stamp().revision()),
                "num-slaves",
                Integer.toString(instances - 1),
                "num-other-sentinels",
                Integer.toString(Math.max(0, routers - 1)),
                "quorum",
                "1",
                "failover-timeout",
                DOWN_AFTER_MS,
                "parallel-syncs",
                "1");
    }

    /** Writes what is the same of a replica whoever its master is; {@link #replicaRest} has to follow. */
    static void replicaHead(ByteBuf out, RespVersion version, Instance replica) {
        write(
                out,
                version,
                replica.address(),
                "slave",
                replica,
                REPLICA_REST,
                "info-refresh",
                "0",
                "role-reported",
                "slave",
                "role-reported-time",
                "0",
                "master-link-down-time",
                "0",
                "master-link-status",
                "ok",
                "slave-priority",
                "100",
                "slave-repl-offset",
                "0",
                "replica-announced",
                "1");
    }

    /** Writes what is the same of all replicas of a master. */
    static void replicaRest(ByteBuf out, Instance master) {
        bulks(out, "master-host", master.host(), "master-port", Integer.toString(master.port()));
    }

    static void sentinel(ByteBuf out, RespVersion version, Instance router) {
        write(
                out,
                version,
                runId(router.id()),
                "sentinel",
                router,
                0,
                "last-hello-message",
                "0",
                "voted-leader",
                "?",
                "voted-leader-epoch",
                "0");
    }

    /** Returns 40 hexadecimal digits, as a run id is; no secret, so the old hash will do. */
    static String runId(String id) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-1").digest(id.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }

    /**
     * Writes what all three have in common, and then {@code more}: names and values in turn.
     *
     * @param toCome how many fields are written behind these
     */
    private static void write(
            ByteBuf out, RespVersion version, String name, String flags, Instance who, int toCome, String... more) {
        String[] common = {
            "name",
            name,
            "ip",
            who.host(),
            "port",
            Integer.toString(who.port()),
            "runid",
            runId(who.id()),
            "flags",
            flags,
            "link-pending-commands",
            "0",
            "link-refcount",
            "1",
            "last-ping-sent",
            "0",
            "last-ok-ping-reply",
            "0",
            "last-ping-reply",
            "0",
            "down-after-milliseconds",
            DOWN_AFTER_MS
        };
        RespWriter.map(out, version, (common.length + more.length) / 2 + toCome);
        bulks(out, common);
        bulks(out, more);
    }

    private static void bulks(ByteBuf out, String... words) {
        for (String each : words) {
            RespWriter.bulk(out, each);
        }
    }
}
