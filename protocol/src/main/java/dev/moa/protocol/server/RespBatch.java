package dev.moa.protocol.server;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.json.CallJson;
import dev.moa.protocol.resp.RespWriter;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The calls of one {@code MGET}: started at once, answered together, in order; a failed one is marked, not null. */
final class RespBatch implements RespReply {

    private final RespConnection connection;
    private final Item[] items;
    private final AtomicInteger running;
    private final int bytes;

    /** Starts the calls of an {@code MGET}. */
    RespBatch(RespConnection connection, RespWords words) {
        this.connection = connection;
        int count = words.arguments();
        this.items = new Item[count];
        // one more than there are calls, so that none of them ends the batch while others are being started
        this.running = new AtomicInteger(count + 1);
        int total = 0;
        CallDesk desk = connection.peer().desk();
        for (int i = 0; i < count; i++) {
            byte[] json = words.bytes(i + 1);
            total += json.length;
            desk.callStarted();
            try {
                CallRequest request = CallJson.readRequest(json);
                Item item = new Item(request.id(), connection.deadline(request));
                items[i] = item;
                if (item.startIfRoom(request, 0)) {
                    item.waitsIn(connection.waitingAnswers());
                    running.decrementAndGet();
                }
            } catch (MoaException e) {
                Item item = new Item(null, Deadline.afterMillis(0));
                items[i] = item;
                item.startRefused(KeyPrefix.refusal(json, e));
                running.decrementAndGet();
            }
        }
        this.bytes = total;
        running.decrementAndGet();
    }

    @Override
    public boolean isReady() {
        return running.get() == 0;
    }

    @Override
    public void write(ByteBuf out) {
        RespWriter.array(out, items.length);
        for (Item item : items) {
            item.release();
            item.waitsNoMore(connection.waitingAnswers());
            CallResponse response = item.response();
            if (response == null) {
                throw new IllegalStateException("not ready");
            }
            CallJson.writeResponseAsBulk(response, out);
        }
    }

    @Override
    public void abandon() {
        for (Item item : items) {
            item.cancel(StatusCode.CANCELLED, "the caller is gone");
            item.waitsNoMore(connection.waitingAnswers());
            item.release();
        }
    }

    @Override
    public int calls() {
        return items.length;
    }

    @Override
    public int bytes() {
        return bytes;
    }

    private final class Item extends ServedCall {

        Item(@Nullable String id, Deadline deadline) {
            super(connection.peer(), id, deadline);
        }

        @Override
        void answered() {
            waitsIn(connection.waitingAnswers());
            if (running.decrementAndGet() == 0) {
                connection.wake();
            }
        }
    }
}
