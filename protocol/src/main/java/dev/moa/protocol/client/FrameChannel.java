package dev.moa.protocol.client;

import static dev.moa.protocol.client.CallsUnderWay.NOT_SENT;
import static dev.moa.protocol.client.CallsUnderWay.SENT;
import static dev.moa.protocol.client.CallsUnderWay.failure;

import dev.moa.protocol.CallResponse;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.frame.CallFrames;
import dev.moa.protocol.frame.Frame;
import dev.moa.protocol.frame.FrameException;
import dev.moa.protocol.frame.FrameKind;
import dev.moa.protocol.frame.FrameParser;
import dev.moa.protocol.frame.FrameWriter;
import dev.moa.protocol.frame.GoAway;
import dev.moa.protocol.frame.Hello;
import dev.moa.protocol.frame.Window;
import dev.moa.protocol.io.LendingLoop;
import dev.moa.protocol.io.Remainder;
import dev.moa.protocol.io.WriteBuffer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The inside of a {@link MoaConnection}: what happens on its event loop.
 *
 * <p>Any thread puts a call into {@code outbox} and wakes the loop; any number of calls share one wake-up and one
 * write. From then on the call belongs to the loop, which settles it exactly once: by its response, its deadline,
 * its cancel, or the end of the connection. {@code stream == 0} says that no byte of it was handed to the socket.
 *
 * <p>States: opening (until HELLO is answered), open, going away (after GOAWAY: nothing new, what is under way is
 * answered), closed.
 */
final class FrameChannel extends ChannelInboundHandlerAdapter {

    private static final Logger log = LoggerFactory.getLogger(FrameChannel.class);

    enum State {
        OPENING,
        OPEN,
        GOING_AWAY,
        CLOSED
    }

    private final String peerName;
    private final ConnectionOptions options;
    private final CompletableFuture<Void> opened = new CompletableFuture<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final Queue<PendingCall> outbox = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    private final InFlight inFlight;
    private final CallsUnderWay calls;
    private final Runnable onWake = this::afterWake;
    private volatile State state = State.OPENING;
    private volatile long peerMaxBodyBytes;
    private volatile @Nullable EventLoop loop;

    // the rest belongs to the event loop
    private final Remainder remainder = new Remainder();
    private final FrameParser parser;
    private final Pings pings = new Pings();
    private final WriteBuffer out = new WriteBuffer();
    private @Nullable ChannelHandlerContext context;
    private long lastStream;
    private String endReason = "the peer closed it";
    private StatusCode endCode = StatusCode.UNAVAILABLE;

    FrameChannel(String peerName, ConnectionOptions options) {
        this.peerName = peerName;
        this.options = options;
        this.inFlight = new InFlight(options.maxInFlight(), options.maxInFlightBytes());
        this.calls = new CallsUnderWay(peerName, inFlight);
        this.parser = new FrameParser(Frame.MAX_HEADER_BYTES, options.maxBodyBytes());
    }

    CompletableFuture<Void> opened() {
        return opened;
    }

    CompletableFuture<Void> closed() {
        return closed;
    }

    State state() {
        return state;
    }

    int inFlight() {
        return inFlight.calls();
    }

    // ---- any thread

    /** Takes the call over, or settles it at once. */
    void call(PendingCall call) {
        State now = state;
        if (now != State.OPEN) {
            call.complete(failure(call, StatusCode.UNAVAILABLE, notOpen(now), NOT_SENT));
            return;
        }
        CallResponse refusal = calls.refusal(call, peerMaxBodyBytes);
        if (refusal != null) {
            call.complete(refusal);
            return;
        }
        WaitingCaller caller = call.caller;
        outbox.add(call);
        if (caller == null || !(loop instanceof LendingLoop lending) || !caller.sends(call, lending, onWake)) {
            wake();
        }
    }

    void cancelled(PendingCall call) {
        execute(() -> {
            if (!call.settled) {
                settle(call);
                if (calls.forget(call)) {
                    FrameWriter.bare(out(), FrameKind.CANCEL, call.stream);
                    flush();
                    closeIfDone();
                }
            }
        });
    }

    void ping(CompletableFuture<Void> answer) {
        execute(() -> {
            if (state == State.CLOSED || state == State.OPENING || pings.isFull()) {
                answer.completeExceptionally(new MoaException(StatusCode.UNAVAILABLE, notOpen(state)));
                return;
            }
            long stream = ++lastStream;
            pings.add(stream, answer);
            answer.whenComplete((nothing, error) -> execute(() -> pings.remove(stream)));
            FrameWriter.bare(out(), FrameKind.PING, stream);
            flush();
        });
    }

    void close(String reason) {
        execute(() -> end(StatusCode.UNAVAILABLE, reason));
    }

    private void wake() {
        if (!woken.get() && woken.compareAndSet(false, true)) {
            execute(onWake);
        }
    }

    private void execute(Runnable task) {
        EventLoop executor = loop;
        if (executor == null) {
            throw new IllegalStateException("not registered yet");
        }
        executor.execute(task);
    }

    private String notOpen(State now) {
        return now == State.GOING_AWAY
                ? peerName + " is going away: call another instance"
                : "the connection to %s is not open: %s".formatted(peerName, endReason);
    }

    // ---- out, on the event loop

    private void afterWake() {
        woken.set(false);
        for (PendingCall call = outbox.poll(); call != null; call = outbox.poll()) {
            if (call.settled) {
                continue;
            }
            if (call.isDone()) {
                settle(call);
            } else if (state != State.OPEN) {
                settle(call);
                call.end(failure(call, StatusCode.UNAVAILABLE, notOpen(state), NOT_SENT), executor());
            } else {
                calls.queue(call, executor());
            }
        }
        send();
    }

    private void send() {
        while (state == State.OPEN && context().channel().isWritable()) {
            PendingCall call = calls.next();
            if (call == null) {
                break;
            }
            send(call);
        }
        flush();
    }

    private void send(PendingCall call) {
        long timeoutMs = call.deadline.remainingMillis();
        if (timeoutMs == 0) {
            deadlinePassed(call);
            return;
        }
        long stream = ++lastStream;
        try {
            FrameKind kind = call.oneway ? FrameKind.ONEWAY : FrameKind.REQUEST;
            CallFrames.writeRequest(out(), kind, stream, call.request, timeoutMs);
        } catch (IllegalArgumentException e) {
            settle(call);
            call.end(failure(call, StatusCode.INVALID_ARGUMENT, "request: " + e.getMessage(), NOT_SENT), executor());
            return;
        }
        call.stream = stream;
        if (call.oneway) {
            settle(call);
            call.end(CallResponse.success(call.request.id(), Payload.NULL), executor());
        } else {
            calls.sent(call);
            if (loop instanceof LendingLoop lending) {
                lending.sent(call.caller);
            }
        }
    }

    void deadlinePassed(PendingCall call) {
        if (call.settled) {
            return;
        }
        settle(call);
        boolean wasSent = call.stream != 0;
        if (calls.forget(call)) {
            FrameWriter.bare(out(), FrameKind.CANCEL, call.stream);
            flush();
        }
        call.end(
                failure(
                        call,
                        StatusCode.DEADLINE_EXCEEDED,
                        "no answer from %s by the deadline".formatted(peerName),
                        wasSent ? SENT : NOT_SENT),
                executor());
        closeIfDone();
    }

    private void settle(PendingCall call) {
        calls.settle(call, executor());
    }

    private ByteBuf out() {
        // never sent: a frame that is written after the end goes nowhere
        return state == State.CLOSED ? Unpooled.buffer() : out.in(context());
    }

    private void flush() {
        if (state != State.CLOSED) {
            boolean ignored = out.flush(context());
        }
    }

    // ---- in, on the event loop

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = remainder.before((ByteBuf) message);
        pings.heard();
        try {
            if (state == State.OPENING && in.getUnsignedByte(in.readerIndex()) != Frame.MAGIC) {
                end(StatusCode.UNAVAILABLE, "it does not speak moa frames: " + firstLine(in));
            }
            while (state != State.CLOSED) {
                Frame frame = parser.next(in);
                if (frame == null) {
                    break;
                }
                accept(frame);
            }
        } catch (FrameException e) {
            end(StatusCode.INTERNAL, "protocol error: " + e.getMessage());
        } finally {
            if (state == State.CLOSED) {
                in.release();
            } else {
                remainder.keep(in, ctx.alloc());
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        flush();
    }

    private void accept(Frame frame) throws FrameException {
        FrameKind kind = frame.kind();
        if (kind == null) {
            return;
        }
        if (state == State.OPENING) {
            switch (kind) {
                case HELLO -> greeted(Hello.read(frame));
                case GOAWAY -> {
                    GoAway refusal = GoAway.read(frame);
                    end(refusal.code(), refusal.message());
                }
                default -> throw new FrameException("the first frame is " + kind + " (expected: HELLO)");
            }
            return;
        }
        switch (kind) {
            case RESPONSE -> {
                PendingCall call = calls.on(frame.stream());
                if (call != null) {
                    // it stays among those that were sent until its answer has been read: a wrong one ends them all
                    CallResponse response = CallFrames.readResponse(
                            frame, call.request.id(), call.request.args().format());
                    calls.forget(call);
                    settle(call);
                    if (loop instanceof LendingLoop lending) {
                        lending.answered(call.caller);
                    }
                    call.end(response, executor());
                    closeIfDone();
                }
            }
            case PONG -> {
                long stream = frame.stream();
                atHome(() -> pings.answered(stream));
            }
            case PING -> FrameWriter.bare(out(), FrameKind.PONG, frame.stream());
            case WINDOW -> inFlight.peerTakes(Window.read(frame, inFlight.limit()));
            case GOAWAY -> goAway(GoAway.read(frame));
            default -> {}
        }
    }

    private void greeted(Hello hello) throws FrameException {
        if (hello.version() != Frame.VERSION) {
            throw new FrameException(
                    "the peer chose version %d (expected: %d)".formatted(hello.version(), Frame.VERSION));
        }
        peerMaxBodyBytes = hello.maxBodyBytes();
        inFlight.peerTakes(new Window(hello.maxInFlight(), hello.maxInFlightBytes()));
        state = State.OPEN;
        if (options.ssl() == null && loop instanceof LendingLoop lending) {
            lending.trust(context().channel());
        }
        opened.complete(null);
    }

    private void goAway(GoAway why) {
        log.debug("{} is going away: {}", peerName, why.message());
        if (state == State.OPEN) {
            state = State.GOING_AWAY;
            endReason = why.message();
            calls.failUnsent(notOpen(state), executor());
        }
        closeIfDone();
    }

    private void closeIfDone() {
        if (state == State.GOING_AWAY && calls.allAnswered()) {
            end(StatusCode.UNAVAILABLE, endReason);
        }
    }

    private static String firstLine(ByteBuf in) {
        String text = in.toString(in.readerIndex(), Math.min(in.readableBytes(), 200), StandardCharsets.ISO_8859_1);
        int end = text.indexOf('\r');
        return (end < 0 ? text : text.substring(0, end)).replaceAll("[^ -~]", "?");
    }

    // ---- life, on the event loop

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        loop = ctx.channel().eventLoop();
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (options.ssl() == null) {
            greet();
        }
        ctx.fireChannelActive();
    }

    /** Sends HELLO; with TLS, once that stands. */
    void greet() {
        new Hello(
                        Frame.VERSION,
                        Frame.VERSION,
                        0,
                        options.token(),
                        options.app(),
                        options.maxBodyBytes(),
                        options.maxInFlight(),
                        options.maxInFlightBytes(),
                        options.keepAlive().toMillis())
                .write(out());
        flush();
        pings.watch(executor(), options.keepAlive(), this::ping, silence -> end(StatusCode.UNAVAILABLE, silence));
    }

    /** Asks the peer whether it is still there; returns false where it is too early for that. */
    private boolean ping() {
        if (state == State.OPENING) {
            return false;
        }
        FrameWriter.bare(out(), FrameKind.PING, ++lastStream);
        flush();
        return true;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            wake();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end(endCode, endReason);
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        end(StatusCode.UNAVAILABLE, cause.toString());
    }

    private void end(StatusCode code, String reason) {
        if (state == State.CLOSED) {
            return;
        }
        flush();
        boolean wasOpening = state == State.OPENING;
        endReason = reason;
        endCode = code;
        state = State.CLOSED;
        remainder.release();
        String message = "the connection to %s broke: %s".formatted(peerName, reason);
        calls.failAll(message, executor());
        atHome(() -> pings.end(new MoaException(StatusCode.UNAVAILABLE, message)));
        ChannelHandlerContext ctx = context;
        if (ctx != null) {
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            ctx.executor().schedule(() -> ctx.close(), 1, TimeUnit.SECONDS);
        }
        if (wasOpening) {
            opened.completeExceptionally(new MoaException(
                    code, "cannot open a connection to %s: %s".formatted(peerName, reason), NOT_SENT, null));
        }
        atHome(() -> closed.complete(null));
    }

    /** Runs what completes futures of others: now, but not on a caller that has borrowed the loop. */
    private void atHome(Runnable task) {
        EventLoop executor = executor();
        if (LendingLoop.isBorrowed(executor)) {
            executor.execute(task);
        } else {
            task.run();
        }
    }

    private EventLoop executor() {
        return context().channel().eventLoop();
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            throw new IllegalStateException("not in a pipeline yet");
        }
        return ctx;
    }
}
