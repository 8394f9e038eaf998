package dev.moa.registry.wire;

import dev.moa.protocol.ServiceName;
import dev.moa.protocol.resp.RespVersion;
import dev.moa.protocol.resp.RespWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/** What watchers are sent by RESP: the same bytes for all who are told of a change, made once. Safe for many threads. */
final class WatchMessages {
    /** Longer ones are snapshots, which are made for one. */
    private static final int LONGEST_KEPT = 16 * 1024;

    private volatile @Nullable Message last;

    private record Message(RespVersion version, String json, byte[] bytes) {}

    /** Returns the message; nobody writes to it. */
    byte[] of(RespVersion version, ServiceName service, String json) {
        Message known = last;
        // watchers are told one after the other, with one and the same text
        if (known != null && isSame(known.json(), json) && known.version() == version) {
            return known.bytes();
        }
        ByteBuf message = Unpooled.buffer(json.length() + 64);
        RespWriter.push(message, version, 3);
        RespWriter.bulk(message, "message");
        RespWriter.bulk(message, service.value());
        RespWriter.bulk(message, json);
        byte[] bytes = ByteBufUtil.getBytes(message);
        if (bytes.length <= LONGEST_KEPT) {
            last = new Message(version, json, bytes);
        }
        return bytes;
    }

    @SuppressWarnings("ReferenceEquality") // an equal text is found at a glance, or made again
    private static boolean isSame(String one, String other) {
        return one == other;
    }
}
