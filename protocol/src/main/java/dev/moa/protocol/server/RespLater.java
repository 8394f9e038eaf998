package dev.moa.protocol.server;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The reply of an extension's command. */
final class RespLater implements RespReply {
    private static final Logger log = LoggerFactory.getLogger(RespLater.class);
    private static final byte[] FAILED =
            "-ERR the command failed; the log of the port says why\r\n".getBytes(StandardCharsets.US_ASCII);

    private volatile byte @Nullable [] reply;

    RespLater(RespConnection connection, String name, CompletionStage<byte[]> later) {
        later.whenComplete((bytes, failure) -> {
            if (failure != null) {
                log.warn("{} failed", name, failure);
            }
            reply = failure == null ? bytes : FAILED;
            connection.wake();
        });
    }

    @Override
    public boolean isReady() {
        return reply != null;
    }

    @Override
    public void write(ByteBuf out) {
        byte[] bytes = reply;
        if (bytes == null) {
            throw new IllegalStateException("not ready");
        }
        out.writeBytes(bytes);
    }

    @Override
    public void abandon() {}

    @Override
    public int calls() {
        return 0;
    }

    @Override
    public int bytes() {
        return 0;
    }
}
