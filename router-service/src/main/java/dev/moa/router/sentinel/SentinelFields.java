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

    private SentinelFields() {}

    static void master(
            ByteBuf out, RespVersion version, ServiceView view, Instance master, int instances, int routers) {
        write(
                out,
                version,
                view.service().value(),
                "master",
                master,
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

    static void replica(ByteBuf out, RespVersion version, Instance replica, Instance master) {
        write(
                out,
                version,
                replica.address(),
                "slave",
                replica,
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
                "master-host",
                master.host(),
                "master-port",
                Integer.toString(master.port()),
                "slave-priority",
                "100",
                "slave-repl-offset",
                "0",
                "replica-announced",
                "1");
    }

    static void sentinel(ByteBuf out, RespVersion version, Instance router) {
        write(
                out,
                version,
                runId(router.id()),
                "sentinel",
                router,
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

    /** Writes what all three have in common, and then {@code more}: names and values in turn. */
    private static void write(
            ByteBuf out, RespVersion version, String name, String flags, Instance who, String... more) {
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
        RespWriter.map(out, version, (common.length + more.length) / 2);
        for (String each : common) {
            RespWriter.bulk(out, each);
        }
        for (String each : more) {
            RespWriter.bulk(out, each);
        }
    }
}
