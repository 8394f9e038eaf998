package dev.moa.protocol.client;

import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Payload;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.io.DeadlineWheel;
import io.netty.channel.EventLoop;
import io.netty.util.collection.LongObjectHashMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The calls that a connection has taken and not settled yet: those whose turn to be sent has not come, and those
 * that were sent, by stream.
 *
 * <p>{@link #refusal} is for any thread; the rest belongs to the event loop. Nothing here writes.
 */
final class CallsUnderWay {

    static final Payload NOT_SENT = Payload.json("{\"sent\":false}");
    static final Payload SENT = Payload.json("{\"sent\":true}");

    private final String peerName;
    private final InFlight window;
    private final LongObjectHashMap<PendingCall> sent = new LongObjectHashMap<>();
    private final ArrayDeque<PendingCall> unsent = new ArrayDeque<>();

    CallsUnderWay(String peerName, InFlight window) {
        this.peerName = peerName;
        this.window = window;
    }

    /** Takes a place for the call; returns why there is none for it, or null. */
    @Nullable
    CallResponse refusal(PendingCall call, long peerMaxBodyBytes) {
        int length = call.request.args().length();
        if (length > peerMaxBodyBytes) {
            return failure(
                    call,
                    StatusCode.RESOURCE_EXHAUSTED,
                    "the arguments are %d bytes long (limit of %s: %d)".formatted(length, peerName, peerMaxBodyBytes),
                    NOT_SENT);
        }
        if (!window.enter(length)) {
            return failure(
                    call,
                    StatusCode.RESOURCE_EXHAUSTED,
                    "%d calls of %d bytes to %s are in flight on this connection (limit %d calls, %d bytes)"
                            .formatted(
                                    window.calls(),
                                    window.bytes(),
                                    peerName,
                                    window.limit().maxInFlight(),
                                    window.limit().maxInFlightBytes()),
                    NOT_SENT);
        }
        return null;
    }

    /** Lets the call wait for its turn, no longer than its deadline. */
    void queue(PendingCall call, EventLoop loop) {
        DeadlineWheel.of(loop).set(call.timeout, call.deadline.nanoTime());
        unsent.add(call);
    }

    /** Returns the call whose turn it is; null while none waits. */
    @Nullable
    PendingCall next() {
        PendingCall call = unsent.poll();
        while (call != null && call.settled) {
            call = unsent.poll();
        }
        return call;
    }

    /** The call went out on {@link PendingCall#stream} and waits for its answer. */
    void sent(PendingCall call) {
        sent.put(call.stream, call);
    }

    /** Returns the call that waits for an answer on {@code stream}; null if none does. */
    @Nullable
    PendingCall on(long stream) {
        return sent.get(stream);
    }

    /** Stops to wait for an answer; returns whether one was awaited. */
    boolean forget(PendingCall call) {
        return call.stream != 0 && sent.remove(call.stream) != null;
    }

    /** Returns whether no call waits for an answer. */
    boolean allAnswered() {
        return sent.isEmpty();
    }

    /** Gives the place and the deadline of the call back: once per call. */
    void settle(PendingCall call, EventLoop loop) {
        call.settled = true;
        DeadlineWheel.of(loop).clear(call.timeout);
        window.leave(call.request.args().length());
    }

    /** Fails every call that waits for its turn. */
    void failUnsent(String message, EventLoop loop) {
        for (PendingCall call = next(); call != null; call = next()) {
            settle(call, loop);
            call.end(failure(call, StatusCode.UNAVAILABLE, message, NOT_SENT), loop);
        }
    }

    /** Fails every call. */
    void failAll(String message, EventLoop loop) {
        for (PendingCall call : new ArrayList<>(sent.values())) {
            settle(call, loop);
            call.end(failure(call, StatusCode.UNAVAILABLE, message, SENT), loop);
        }
        sent.clear();
        failUnsent(message, loop);
    }

    /** Returns what a call ends with; {@code details} say whether a byte of it was sent. */
    static CallResponse failure(PendingCall call, StatusCode code, String message, Payload details) {
        return CallResponse.failure(call.request.id(), code, message, details);
    }
}
