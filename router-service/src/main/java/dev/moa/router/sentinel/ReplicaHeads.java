package dev.moa.router.sentinel;

import dev.moa.protocol.resp.RespVersion;
import dev.moa.router.address.Instance;
import dev.moa.router.address.ServiceView;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The fields of each of a service's instances as a replica that are the same whoever is the master, as they are written:
 * most of some 450 bytes for each, which all clients of a service are answered with.
 */
final class ReplicaHeads {
    private final Map<String, byte[]> byId = new HashMap<>();
    private int bytes;

    /** Under which they are kept with a view. */
    private record Key(RespVersion version) {}

    private ReplicaHeads(ServiceView view, RespVersion version) {
        ByteBuf out = Unpooled.buffer(512);
        for (Instance instance : view.instances()) {
            out.clear();
            SentinelFields.replicaHead(out, version, instance);
            byte[] head = ByteBufUtil.getBytes(out);
            byId.put(instance.id(), head);
            bytes += head.length;
        }
    }

    /** Returns those of a view, made when they are first asked for. */
    static ReplicaHeads of(ServiceView view, RespVersion version) {
        return view.derived(
                new Key(version), ReplicaHeads.class, each -> new ReplicaHeads(each, version), heads -> heads.bytes);
    }

    void write(ByteBuf out, Instance replica) {
        out.writeBytes(Objects.requireNonNull(byId.get(replica.id()), "of another view"));
    }
}
