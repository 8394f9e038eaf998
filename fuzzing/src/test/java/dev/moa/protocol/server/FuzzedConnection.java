package dev.moa.protocol.server;

import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Caller;
import dev.moa.protocol.Payload;
import dev.moa.protocol.StatusCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a port with its real pipeline, without a socket, and with memory that is counted. Behind it is a
 * service whose {@code hello} answers at once, whose {@code later} answers when the peer has sent all or is no longer
 * read from, the last call first, and whose {@code never} does not before the peer is gone: by then only a call whose
 * caller does not wait for it may still be there.
 */
final class FuzzedConnection {

    private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(true);
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Deque<CompletableFuture<CallResponse>> later = new ArrayDeque<>();
    private final List<CompletableFuture<CallResponse>> never = new ArrayList<>();
    private final MoaPort port;
    private boolean admitted;

    FuzzedConnection(Authenticator authenticator) {
        port = MoaPort.builder((request, call) -> switch (request.method()) {
                    case "hello" ->
                        CompletableFuture.completedFuture(CallResponse.success(null, Payload.json("\"hello\"")));
                    case "echo" -> CompletableFuture.completedFuture(CallResponse.success(null, request.args()));
                    case "later" -> {
                        CompletableFuture<CallResponse> answer = new CompletableFuture<>();
                        later.push(answer);
                        yield answer;
                    }
                    case "never" -> {
                        CompletableFuture<CallResponse> answer = new CompletableFuture<>();
                        never.add(answer);
                        yield answer;
                    }
                    default ->
                        CompletableFuture.completedFuture(
                                CallResponse.failure(null, StatusCode.UNIMPLEMENTED, "no method " + request.method()));
                })
                .authenticator(noting(authenticator))
                .build();
        admitted = !authenticator.isRequired();
        channel.config().setAllocator(memory);
        // no deadline is met: a pause of this machine must not change a reply
        channel.freezeTime();
        port.accept(channel);
    }

    private Authenticator noting(Authenticator asked) {
        return new Authenticator() {
            @Override
            public boolean isRequired() {
                return asked.isRequired();
            }

            @Override
            public @Nullable Caller authenticate(@Nullable String user, String secret) {
                Caller caller = asked.authenticate(user, secret);
                admitted |= caller != null;
                return caller;
            }
        };
    }

    /** The peer sends {@code bytes}; what is not read from does not receive them. */
    void receive(byte[] bytes) {
        if (channel.isOpen() && !channel.config().isAutoRead()) {
            answerLater();
        }
        if (channel.isOpen() && channel.config().isAutoRead()) {
            ByteBuf copy = memory.buffer(bytes.length).writeBytes(bytes);
            channel.writeInbound(copy);
        }
    }

    /** Returns whether the peer has shown a token, or needs none. */
    boolean isAdmitted() {
        return admitted;
    }

    /** Returns the bytes of buffers that are not released: parts of commands, and replies that are not read. */
    long bytesHeld() {
        return memory.metric().usedDirectMemory() + memory.metric().usedHeapMemory();
    }

    int callsInFlight() {
        return port.inFlight();
    }

    /** Answers what can be answered, closes the connection, and returns all that was sent to the peer. */
    byte[] answerAndClose() {
        answerLater();
        ByteArrayOutputStream replies = new ByteArrayOutputStream();
        List<Object> messages = new ArrayList<>();
        for (Object message = channel.readOutbound(); message != null; message = channel.readOutbound()) {
            messages.add(message);
        }
        for (Object message : messages) {
            if (message instanceof ByteBuf bytes) {
                byte[] copy = new byte[bytes.readableBytes()];
                bytes.getBytes(bytes.readerIndex(), copy);
                replies.writeBytes(copy);
            }
            ReferenceCountUtil.release(message);
        }
        channel.close();
        channel.runPendingTasks();
        never.forEach(answer -> answer.cancel(false));
        channel.runPendingTasks();
        channel.finishAndReleaseAll();
        return replies.toByteArray();
    }

    private void answerLater() {
        while (!later.isEmpty()) {
            later.pop().complete(CallResponse.success(null, Payload.json("\"later\"")));
            channel.runPendingTasks();
        }
    }
}
