package dev.moa.protocol.server;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Caller;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.frame.CallFrames;
import dev.moa.protocol.frame.Frame;
import dev.moa.protocol.frame.FrameException;
import dev.moa.protocol.frame.FrameKind;
import dev.moa.protocol.frame.FrameParser;
import dev.moa.protocol.frame.FrameWriter;
import dev.moa.protocol.frame.Hello;
import dev.moa.protocol.frame.Window;
import io.netty.buffer.ByteBuf;
import io.netty.util.collection.LongObjectHashMap;
import java.util.ArrayList;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A connection that speaks moa frames: HELLO first, then any number of calls at once, answered as they end. */
final class FrameConnection extends PeerConnection implements Farewell {

    /** What CLIENT LIST calls it. */
    static final String PROTOCOL = "moa";

    /** The stream of the PING that follows GOAWAY. */
    private static final long GOODBYE = -1;

    private final String portName;
    private final FrameParser parser = new FrameParser(Hello.MAX_HEADER_BYTES, 0);
    private final Queue<FrameCall> answered = new ConcurrentLinkedQueue<>();
    private final FlowWindow window;
    private final WaitingAnswers waiting;

    private @Nullable LongObjectHashMap<FrameCall> calls;
    private boolean greeted;
    private boolean saysGoodbye;
    private int onewaysInFlight;
    private long peerMaxBodyBytes;

    FrameConnection(Peer peer, String portName) {
        super(peer);
        this.portName = portName;
        this.window = new FlowWindow(peer.desk());
        this.waiting = new WaitingAnswers(peer.desk());
        peer.speaks(PROTOCOL, this);
    }

    @Override
    void take(ByteBuf in) {
        try {
            while (takesMore()) {
                Frame frame = parser.next(in);
                if (frame == null) {
                    return;
                }
                accept(frame);
            }
        } catch (FrameException e) {
            end(StatusCode.INVALID_ARGUMENT, "protocol error: " + e.getMessage());
        }
    }

    @Override
    boolean pausesWhenFull() {
        return false;
    }

    /** Calls in flight are not to end for a request on its way: that is refused by itself once it is whole. */
    @Override
    void refuseInput(String why) {
        if (inFlight() == 0) {
            end(StatusCode.RESOURCE_EXHAUSTED, why);
        }
    }

    private void accept(Frame frame) throws FrameException {
        FrameKind kind = frame.kind();
        if (kind == null) {
            return;
        }
        if (!greeted) {
            if (kind != FrameKind.HELLO) {
                throw new FrameException("the first frame is " + kind + " (expected: HELLO)");
            }
            greet(Hello.read(frame));
            return;
        }
        switch (kind) {
            case REQUEST, ONEWAY -> request(frame, kind == FrameKind.ONEWAY);
            case CANCEL -> cancel(frame.stream());
            case PING -> FrameWriter.bare(out(), FrameKind.PONG, frame.stream());
            case PONG -> {
                if (frame.stream() == GOODBYE) {
                    endGoodbye();
                }
            }
            case WINDOW ->
                waiting.peerTakes(
                        Window.read(frame, new Window(1, waiting.limit())).maxInFlightBytes());
            case HELLO -> throw new FrameException("a second HELLO");
            default -> {}
        }
    }

    private void greet(Hello hello) {
        if (hello.minVersion() > Frame.VERSION || hello.maxVersion() < Frame.VERSION) {
            end(
                    StatusCode.FAILED_PRECONDITION,
                    "versions %d to %d are offered (expected: one of %d to %d)"
                            .formatted(hello.minVersion(), hello.maxVersion(), Frame.VERSION, Frame.VERSION));
            return;
        }
        if (peer().desk().authenticator().isRequired()) {
            String token = hello.token();
            Caller caller = token == null ? null : peer().desk().authenticator().authenticate(null, token);
            if (caller == null) {
                end(
                        StatusCode.UNAUTHENTICATED,
                        token == null
                                ? "the port asks for a token; set one in the client (moa.security.token)"
                                : "the port does not know the token");
                return;
            }
            peer().admit(caller);
        }
        greeted = true;
        peerMaxBodyBytes = hello.maxBodyBytes();
        waiting.peerTakes(hello.maxInFlightBytes());
        if (hello.app() != null) {
            peer().name(hello.app());
        }
        if (hello.keepAliveMs() > 0) {
            peer().maxSilence(TimeUnit.MILLISECONDS.toNanos(Math.max(1_000, 3 * hello.keepAliveMs())));
        }
        PortLimits limits = peer().desk().limits();
        parser.limit(Frame.MAX_HEADER_BYTES, limits.maxBodyBytes());
        new Hello(
                        Frame.VERSION,
                        Frame.VERSION,
                        Frame.VERSION,
                        null,
                        portName,
                        limits.maxBodyBytes(),
                        limits.maxInFlightPerConnection(),
                        limits.maxInFlightBytesPerConnection(),
                        0)
                .write(out());
        if (peer().desk().isGoingAway()) {
            peer().desk().goodbyeBegins();
            goAway(Goodbye.now());
        }
    }

    private void announceWindow() {
        Window next = greeted && !isClosing() ? window.next() : null;
        if (next != null) {
            next.write(out());
        }
    }

    private void request(Frame frame, boolean oneway) throws FrameException {
        long stream = frame.stream();
        LongObjectHashMap<FrameCall> running = calls;
        if (running == null) {
            running = new LongObjectHashMap<>();
            calls = running;
        }
        if (stream == 0 || running.containsKey(stream)) {
            throw new FrameException(
                    "a request on stream %d (expected: a stream that is not in use, not 0)".formatted(stream));
        }
        CallDesk desk = peer().desk();
        peer().command(oneway ? "oneway" : "request");
        CallRequest request;
        try {
            request = CallFrames.readRequest(frame);
        } catch (MoaException e) {
            if (oneway) {
                desk.onewayDropped();
            } else {
                CallFrames.writeResponse(out(), stream, Payload.Format.JSON, e.toResponse(null), peerMaxBodyBytes);
            }
            return;
        }
        announceWindow();
        if (!window.admits(inFlight(), inFlightBytes())) {
            if (oneway) {
                desk.onewayDropped();
            } else {
                refuse(stream, request);
            }
            return;
        }
        window.taken();
        FrameCall call = new FrameCall(
                stream,
                oneway,
                request.args().format(),
                request.id(),
                desk.deadline(request.ctx().timeoutMs()),
                frame.bodyLength());
        desk.callStarted();
        if (call.start(request)) {
            reply(call);
            desk.callEnded();
        } else {
            running.put(stream, call);
            hold(1, call.bytes);
            onewaysInFlight += oneway ? 1 : 0;
        }
    }

    private void refuse(long stream, CallRequest request) {
        Window announced = window.announced();
        String why = window.isWithin(inFlight(), inFlightBytes())
                ? peer().desk().fullness()
                : "%d calls of %d bytes of this connection are in flight (limit %d calls, %d bytes; call less at once)"
                        .formatted(inFlight(), inFlightBytes(), announced.maxInFlight(), announced.maxInFlightBytes());
        CallResponse refusal = CallResponse.failure(request.id(), StatusCode.RESOURCE_EXHAUSTED, why);
        CallFrames.writeResponse(out(), stream, request.args().format(), refusal, peerMaxBodyBytes);
        // of what it sends without wanting an answer, a caller cannot know how much is in flight
        if (onewaysInFlight == 0 && window.refused(inFlight(), inFlightBytes())) {
            end(
                    StatusCode.RESOURCE_EXHAUSTED,
                    "flow control: requests go on beyond the window (announced: %d calls, %d bytes)"
                            .formatted(announced.maxInFlight(), announced.maxInFlightBytes()));
        }
    }

    private void cancel(long stream) {
        FrameCall call = calls == null ? null : calls.remove(stream);
        if (call != null) {
            // if it has been answered at this very moment, the answer finds the stream gone
            call.cancel(StatusCode.CANCELLED, "the caller cancelled the call");
            forget(call);
        }
    }

    private void forget(FrameCall call) {
        call.release();
        letGo(1, call.bytes);
        onewaysInFlight -= call.oneway ? 1 : 0;
        if (call.alone) {
            peer().desk().outlived();
        }
        peer().desk().callEnded();
    }

    private void reply(FrameCall call) {
        CallResponse response = call.response();
        if (response != null && !call.oneway) {
            CallFrames.writeResponse(out(), call.stream, call.format, response, peerMaxBodyBytes);
        }
    }

    @Override
    void writeReplies() {
        while (hasRoom()) {
            FrameCall call = answered.poll();
            if (call == null) {
                announceWindow();
                return;
            }
            if (calls != null && calls.get(call.stream) == call) {
                calls.remove(call.stream);
                reply(call);
                forget(call);
            }
            call.waitsNoMore(waiting);
        }
    }

    /** Calls that the caller waits for end with it; those that it does not wait for go on. */
    @Override
    void abandon() {
        endGoodbye();
        if (calls == null) {
            return;
        }
        for (FrameCall call : new ArrayList<>(calls.values())) {
            boolean goesOn =
                    call.oneway && call.response() == null && peer().desk().outlives();
            if (goesOn) {
                call.alone = true;
            } else {
                calls.remove(call.stream);
                call.cancel(StatusCode.CANCELLED, "the caller is gone");
                forget(call);
            }
        }
        afterEnd();
    }

    @Override
    void afterEnd() {
        for (FrameCall call = answered.poll(); call != null; call = answered.poll()) {
            if (calls != null && calls.get(call.stream) == call) {
                calls.remove(call.stream);
                forget(call);
            }
            call.waitsNoMore(waiting);
        }
    }

    /** The PONG tells that the peer has read GOAWAY: what it sent before that has come, and nothing more will. */
    @Override
    public void goAway(Goodbye goodbye) {
        if (!greeted || isClosing() || saysGoodbye) {
            peer().desk().goodbyeEnds();
        } else {
            saysGoodbye = true;
            CallFrames.writeGoAway(out(), StatusCode.UNAVAILABLE, portName + " is going away; call another instance");
            FrameWriter.bare(out(), FrameKind.PING, GOODBYE);
            flush();
        }
    }

    /** Nothing to do: the peer hangs up by itself when it has its last answer. */
    @Override
    public void hangUp(boolean evenIdle) {
        peer().goodbyeSaid();
    }

    private void endGoodbye() {
        if (saysGoodbye) {
            saysGoodbye = false;
            peer().desk().goodbyeEnds();
        }
    }

    private void end(StatusCode code, String message) {
        CallFrames.writeGoAway(out(), code, message);
        closeAfterReplies();
    }

    private final class FrameCall extends ServedCall {
        private final long stream;
        private final boolean oneway;
        private final Payload.Format format;
        private final int bytes;
        /** Whether it goes on after its caller. */
        private boolean alone;

        FrameCall(
                long stream, boolean oneway, Payload.Format format, @Nullable String id, Deadline deadline, int bytes) {
            super(FrameConnection.this.peer(), id, deadline);
            this.stream = stream;
            this.oneway = oneway;
            this.format = format;
            this.bytes = bytes;
        }

        @Override
        void answered() {
            waitsIn(waiting);
            answered.add(this);
            wake();
        }
    }
}
