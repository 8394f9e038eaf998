package dev.moa.protocol.server;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Caller;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.http.HttpCalls;
import dev.moa.protocol.http.HttpReply;
import dev.moa.protocol.http.StrictRequestDecoder;
import dev.moa.protocol.json.CallJson;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that speaks HTTP/1.1: one call after the other, since a client that pipelines POSTs may count on
 * their order. What is refused by its head is refused before its body is read.
 */
final class HttpConnection extends ChannelInboundHandlerAdapter implements Farewell {

    private static final Logger log = LoggerFactory.getLogger(HttpConnection.class);
    private static final int MAX_PIPELINED = 128;

    /** A request that has come, or the refusal of one, waiting for its turn. */
    private record Turn(
            HttpRequest head,
            byte[] body,
            @Nullable Caller caller,
            @Nullable HttpReply refusal) {}

    private static final byte[] NO_BODY = {};

    private final Peer peer;
    private final StrictRequestDecoder decoder;
    private final int maxBodyBytes;
    private final ArrayDeque<Turn> turns = new ArrayDeque<>();
    private @Nullable ChannelHandlerContext context;
    private @Nullable HttpRequest head;
    private @Nullable Caller caller;
    private @Nullable HttpReply refusal;
    private @Nullable ByteArrayOutputStream body;
    private @Nullable HttpCall running;
    private boolean runningKeepsAlive;
    private boolean closing;
    /** Bytes of the bodies of all requests that are here. */
    private long held;

    HttpConnection(Peer peer, StrictRequestDecoder decoder) {
        this.peer = peer;
        this.decoder = decoder;
        this.maxBodyBytes = peer.desk().limits().maxBodyBytes();
        peer.speaks("http", this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (closing) {
                return;
            }
            if (message instanceof HttpRequest request) {
                begin(request);
            }
            if (message instanceof HttpContent content) {
                append(content);
            }
            if (message instanceof LastHttpContent && head != null) {
                end();
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void begin(HttpRequest request) {
        head = request;
        body = null;
        caller = null;
        refusal = HttpCalls.refusal(request, maxBodyBytes);
        if (refusal == null && peer.desk().authenticator().isRequired()) {
            String token = HttpCalls.token(request);
            Caller shown = token == null ? null : peer.desk().authenticator().authenticate(null, token);
            if (shown == null) {
                refusal = HttpReply.unauthenticated();
            } else {
                caller = shown;
                peer.admit(shown);
            }
        }
        if (refusal != null) {
            // at once: the body may be long, or wait for our word, and is dropped when it comes
            end();
        } else if (HttpUtil.is100ContinueExpected(request) && running == null && turns.isEmpty()) {
            context()
                    .writeAndFlush(new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
        }
    }

    private void append(HttpContent content) {
        if (head == null) {
            return;
        }
        if (content.decoderResult().isFailure()) {
            refusal = HttpReply.refusal(400, StatusCode.INVALID_ARGUMENT, "the body is not what its headers say");
            HttpRequest broken = head;
            broken.setDecoderResult(content.decoderResult());
            end();
            return;
        }
        ByteBuf bytes = content.content();
        if (refusal != null || !bytes.isReadable()) {
            return;
        }
        ByteArrayOutputStream buffer = body;
        if (buffer == null) {
            buffer = new ByteArrayOutputStream(bytes.readableBytes());
            body = buffer;
        }
        if (buffer.size() + bytes.readableBytes() > maxBodyBytes) {
            refusal = HttpReply.tooLong(maxBodyBytes);
            end();
            return;
        }
        CallDesk desk = peer.desk();
        if (desk.isFull(held)) {
            refusal = HttpReply.of(CallResponse.failure(null, StatusCode.RESOURCE_EXHAUSTED, desk.fullness()));
            end();
            return;
        }
        hold(bytes.readableBytes());
        try {
            bytes.readBytes(buffer, bytes.readableBytes());
        } catch (IOException e) {
            throw new IllegalStateException("memory does not fail to be written to", e);
        }
    }

    private void hold(long bytes) {
        held += bytes;
        peer.desk().held(bytes);
    }

    private void end() {
        HttpRequest request = head;
        if (request == null) {
            return;
        }
        ByteArrayOutputStream buffer = body;
        Turn turn = new Turn(request, buffer == null ? NO_BODY : buffer.toByteArray(), caller, refusal);
        head = null;
        body = null;
        if (running == null && turns.isEmpty() && context().channel().isWritable()) {
            take(turn);
        } else if (turns.size() < MAX_PIPELINED) {
            turns.add(turn);
            context().channel().config().setAutoRead(false);
        } else {
            log.info("{} pipelines more than {} HTTP requests; it is closed", peer.address(), MAX_PIPELINED);
            closing = true;
            context().close();
        }
    }

    private void take(Turn turn) {
        boolean keepAlive = HttpUtil.isKeepAlive(turn.head);
        HttpReply refused = turn.refusal;
        if (refused != null) {
            // where the next request begins must be beyond doubt
            boolean isClear = !turn.head.decoderResult().isFailure()
                    && !HttpUtil.is100ContinueExpected(turn.head)
                    && refused.response().code() != StatusCode.RESOURCE_EXHAUSTED
                    // a stranger gets one refusal, not a row of them
                    && peer.isAdmitted();
            hold(-turn.body.length);
            write(refused, keepAlive && isClear);
            return;
        }
        CallDesk desk = peer.desk();
        peer.command("post");
        CallRequest request;
        try {
            request = HttpCalls.request(turn.head, turn.body);
        } catch (MoaException e) {
            hold(-turn.body.length);
            write(HttpReply.of(e.toResponse(null)), keepAlive);
            return;
        }
        HttpCall call = new HttpCall(desk.deadline(request.ctx().timeoutMs()), turn.caller, turn.body.length);
        desk.callStarted();
        if (call.startIfRoom(request, turn.body.length)) {
            answer(call, keepAlive);
        } else {
            running = call;
            runningKeepsAlive = keepAlive;
            peer.busy(true);
            context().channel().config().setAutoRead(false);
        }
    }

    private void answer(HttpCall call, boolean keepAlive) {
        call.release();
        hold(-call.bytes);
        CallResponse response = call.response();
        if (response != null) {
            write(HttpReply.of(response), keepAlive);
        }
        peer.desk().callEnded();
    }

    /** On the event loop, after {@link HttpCall#answered}. */
    private void afterAnswer(HttpCall call) {
        if (running != call) {
            return;
        }
        running = null;
        peer.busy(false);
        answer(call, runningKeepsAlive);
        takeTurns();
        context().flush();
        readOn();
    }

    private void readOn() {
        if (running == null && turns.isEmpty() && !closing) {
            context().channel().config().setAutoRead(true);
        }
    }

    private void write(HttpReply reply, boolean keepAlive) {
        boolean stay = keepAlive && !peer.desk().isGoingAway();
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(reply.status()),
                Unpooled.wrappedBuffer(CallJson.writeResponse(reply.response())));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
                .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
                .set("X-Content-Type-Options", "nosniff")
                .set(HttpHeaderNames.CONNECTION, stay ? HttpHeaderValues.KEEP_ALIVE : HttpHeaderValues.CLOSE);
        if (reply.header() != null && reply.headerValue() != null) {
            response.headers().set(reply.header(), reply.headerValue());
        }
        if (stay) {
            context().write(response, context().voidPromise());
        } else {
            closing = true;
            LastWords.endBehind(context(), response);
            peer.goodbyeSaid();
        }
    }

    /** Nothing to do: the next answer says {@code Connection: close}. */
    @Override
    public void goAway(Goodbye goodbye) {
        peer.desk().goodbyeEnds();
    }

    @Override
    public void hangUp(boolean evenIdle) {
        boolean isIdle = running == null && turns.isEmpty() && head == null && decoder.isBetweenRequests();
        if (!closing && evenIdle && isIdle) {
            closing = true;
            LastWords.endBehind(context(), Unpooled.EMPTY_BUFFER);
        }
        if (closing) {
            peer.goodbyeSaid();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        peer.active();
        ctx.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        boolean room = ctx.channel().isWritable();
        peer.stalled(!room);
        if (room) {
            takeTurns();
            ctx.flush();
            readOn();
        }
    }

    private void takeTurns() {
        while (running == null && !closing && context().channel().isWritable()) {
            Turn turn = turns.poll();
            if (turn == null) {
                return;
            }
            take(turn);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closing = true;
        turns.clear();
        hold(-held);
        HttpCall call = running;
        if (call != null) {
            running = null;
            call.cancel(StatusCode.CANCELLED, "the caller is gone");
            call.release();
            peer.desk().callEnded();
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            log.debug("The connection with {} broke: {}", peer.address(), cause.toString());
        } else {
            log.warn("The connection with {} is closed after a failure of the port itself", peer.address(), cause);
        }
        ctx.close();
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            throw new IllegalStateException("not in a pipeline yet");
        }
        return ctx;
    }

    private final class HttpCall extends ServedCall {
        private final @Nullable Caller caller;
        private final int bytes;

        HttpCall(Deadline deadline, @Nullable Caller caller, int bytes) {
            super(HttpConnection.this.peer, null, deadline);
            this.caller = caller;
            this.bytes = bytes;
        }

        @Override
        public @Nullable Caller caller() {
            return caller;
        }

        @Override
        void answered() {
            peer.loop().execute(() -> afterAnswer(this));
        }
    }
}
