package dev.moa.protocol.server;

import dev.moa.protocol.CallHandler;
import dev.moa.protocol.Deadline;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What all connections of a port have in common: the handler, the limits, and the count of calls in flight. */
final class CallDesk {

    /** Calls that go on after their callers: who connects, sends and leaves again and again shall not pile up more. */
    private static final int MAX_OUTLIVING = 16_384;

    private final CallHandler handler;
    private final Authenticator authenticator;
    private final PortLimits limits;
    private final long defaultTimeoutMs;
    private final long maxTimeoutMs;
    private final LongAdder inFlight = new LongAdder();
    private final LongAdder heldBytes = new LongAdder();
    private final LongAdder onewaysDropped = new LongAdder();
    private final AtomicLong waitingAnswers = new AtomicLong();
    private final AtomicInteger outliving = new AtomicInteger();
    private final AtomicInteger goodbyes = new AtomicInteger();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private volatile boolean goingAway;

    CallDesk(CallHandler handler, Authenticator authenticator, PortLimits limits) {
        this.handler = handler;
        this.authenticator = authenticator;
        this.limits = limits;
        this.defaultTimeoutMs = limits.defaultTimeout().toMillis();
        this.maxTimeoutMs = limits.maxTimeout().toMillis();
    }

    CallHandler handler() {
        return handler;
    }

    Authenticator authenticator() {
        return authenticator;
    }

    PortLimits limits() {
        return limits;
    }

    /** Returns the deadline of a call that comes now with {@code timeoutMs} left; 0 means it named none. */
    Deadline deadline(long timeoutMs) {
        return deadline(timeoutMs, System.nanoTime());
    }

    /** As {@link #deadline(long)}, for a call that came at {@code nanoTime}. */
    Deadline deadline(long timeoutMs, long nanoTime) {
        long milliseconds = timeoutMs == 0 ? defaultTimeoutMs : Math.min(timeoutMs, maxTimeoutMs);
        return new Deadline(nanoTime + TimeUnit.MILLISECONDS.toNanos(milliseconds));
    }

    void callStarted() {
        inFlight.increment();
    }

    /** A connection holds so many bytes of requests more, or fewer. */
    void held(long bytes) {
        heldBytes.add(bytes);
    }

    /** Returns the bytes of the requests in flight on all connections. */
    long heldBytes() {
        return heldBytes.sum();
    }

    /** Returns whether all connections together hold as much as the port takes. */
    boolean isFull() {
        return isFull(0);
    }

    /** As {@link #isFull()}, but for {@code own} bytes that are counted already: one request may always be here. */
    boolean isFull(long own) {
        return heldBytes.sum() - own >= limits.maxInFlightBytes();
    }

    /** So many bytes of answers more, or fewer, wait to be written; returns how many wait on all connections. */
    long answersWait(long bytes) {
        return waitingAnswers.addAndGet(bytes);
    }

    /** Lets so many bytes of answers more wait; returns whether all connections together may hold them. */
    boolean answersMayWait(long bytes) {
        long most = limits.maxInFlightBytes();
        for (long now = waitingAnswers.get(); now + bytes <= most; now = waitingAnswers.get()) {
            if (waitingAnswers.compareAndSet(now, now + bytes)) {
                return true;
            }
        }
        return false;
    }

    /** Returns what to tell a caller whose request the full port does not take. */
    String fullness() {
        return "%d bytes of requests are in flight at this port (limit %d; call another instance or later)"
                .formatted(heldBytes(), limits.maxInFlightBytes());
    }

    /** A call that nobody waits for was not taken. */
    void onewayDropped() {
        onewaysDropped.increment();
    }

    long onewaysDropped() {
        return onewaysDropped.sum();
    }

    /** Returns whether a call that nobody waits for may go on though its caller is gone; else it counts as dropped. */
    boolean outlives() {
        if (outliving.incrementAndGet() <= MAX_OUTLIVING) {
            return true;
        }
        outliving.decrementAndGet();
        onewayDropped();
        return false;
    }

    /** A call that went on after its caller has ended. */
    void outlived() {
        outliving.decrementAndGet();
    }

    /** A call's reply has been handed to the connection, or nobody waits for it any more. */
    void callEnded() {
        inFlight.decrement();
        if (goingAway) {
            completeIfDrained();
        }
    }

    int inFlight() {
        return (int) Math.max(0, inFlight.sum());
    }

    boolean isGoingAway() {
        return goingAway;
    }

    /** A peer is asked to go; calls of it may still be on their way to us. */
    void goodbyeBegins() {
        goodbyes.incrementAndGet();
    }

    /** The peer has heard it, or is gone: no further call of it will come. */
    void goodbyeEnds() {
        goodbyes.decrementAndGet();
        if (goingAway) {
            completeIfDrained();
        }
    }

    void goAway() {
        goingAway = true;
        completeIfDrained();
    }

    CompletableFuture<Void> drained() {
        return drained;
    }

    private void completeIfDrained() {
        if (goodbyes.get() == 0 && inFlight.sum() == 0) {
            // not on this thread: whoever waits for it may close the port
            drained.completeAsync(() -> null);
        }
    }
}
