package dev.moa.protocol.server;

import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.json.CallJson;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** The call of one {@code GET}. */
final class RespCall extends ServedCall implements RespReply {

    private final RespConnection connection;
    private final int bytes;
    private volatile boolean ready;

    RespCall(RespConnection connection, @Nullable String id, Deadline deadline, int bytes) {
        super(connection.peer(), id, deadline);
        this.connection = connection;
        this.bytes = bytes;
    }

    @Override
    void answered() {
        waits();
        connection.wake();
    }

    /** The answer is there and waits for its turn in the row. */
    void waits() {
        waitsIn(connection.waitingAnswers());
        ready = true;
    }

    @Override
    public boolean isReady() {
        return ready;
    }

    @Override
    public void write(ByteBuf out) {
        release();
        waitsNoMore(connection.waitingAnswers());
        CallResponse response = response();
        if (response == null) {
            throw new IllegalStateException("not ready");
        }
        CallJson.writeResponseAsBulk(response, out);
    }

    @Override
    public void abandon() {
        cancel(StatusCode.CANCELLED, "the caller is gone");
        waitsNoMore(connection.waitingAnswers());
        release();
    }

    @Override
    public int calls() {
        return 1;
    }

    @Override
    public int bytes() {
        return bytes;
    }
}
