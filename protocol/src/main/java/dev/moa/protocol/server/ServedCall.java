package dev.moa.protocol.server;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Caller;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.IncomingCall;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.io.DeadlineWheel;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call from its request to its response.
 *
 * <p>It ends once, by whoever is first to set {@code response}: the handler (on any thread), the deadline, the
 * caller's cancel or the end of the connection (all three on the event loop). A call that the handler answers
 * before it returns never touches the deadline wheel.
 */
abstract class ServedCall implements IncomingCall, BiConsumer<@Nullable CallResponse, @Nullable Throwable> {

    private static final Logger log = LoggerFactory.getLogger(ServedCall.class);
    private static final AtomicReferenceFieldUpdater<ServedCall, CallResponse> RESPONSE =
            AtomicReferenceFieldUpdater.newUpdater(ServedCall.class, CallResponse.class, "response");

    private static final AtomicIntegerFieldUpdater<ServedCall> WAITING =
            AtomicIntegerFieldUpdater.newUpdater(ServedCall.class, "waiting");
    private static final int WAITS_NO_MORE = -1;

    private final Peer peer;
    private final @Nullable String id;
    private final Deadline deadline;
    // as it was when the call came: the connection may show another token later
    private final @Nullable Caller caller;
    private volatile @Nullable CallResponse response;
    private volatile boolean cancelled;
    /** Bytes of the answer that are counted as waiting to be written. */
    private volatile int waiting;

    private @Nullable List<Runnable> cancelActions;
    private DeadlineWheel.@Nullable Timeout timeout;

    ServedCall(Peer peer, @Nullable String id, Deadline deadline) {
        this.peer = peer;
        this.id = id;
        this.deadline = deadline;
        this.caller = peer.caller();
    }

    /** The response is there, on any thread; not called where {@link #start} returned true, nor after a cancel. */
    abstract void answered();

    /** Hands the call to the handler, on the event loop; returns whether the response is there already. */
    boolean start(CallRequest request) {
        CompletionStage<CallResponse> stage;
        try {
            stage = peer.desk().handler().handle(request, this);
        } catch (Throwable e) {
            // someone else's code: whatever it throws is the failure of this one call
            response = answer(null, e);
            return true;
        }
        if (stage instanceof CompletableFuture<CallResponse> future && future.isDone()) {
            response = answerOf(future);
            return true;
        }
        DeadlineWheel.Timeout alarm = new DeadlineWheel.Timeout(this::deadlinePassed);
        timeout = alarm;
        DeadlineWheel.of(peer.loop()).set(alarm, deadline.nanoTime());
        stage.whenComplete(this);
        return false;
    }

    /**
     * As {@link #start}, unless the port holds as much as it takes: then the call is refused.
     *
     * @param own bytes of this request that are counted already
     */
    boolean startIfRoom(CallRequest request, long own) {
        CallDesk desk = peer.desk();
        if (desk.isFull(own)) {
            startRefused(CallResponse.failure(id, StatusCode.RESOURCE_EXHAUSTED, desk.fullness()));
            return true;
        }
        return start(request);
    }

    /** Ends the call without its handler, on the event loop. */
    void startRefused(CallResponse refusal) {
        response = refusal;
    }

    @Override
    public void accept(@Nullable CallResponse result, @Nullable Throwable error) {
        if (response == null && RESPONSE.compareAndSet(this, null, answer(result, error))) {
            answered();
        }
    }

    /** The caller wants no answer any more, on the event loop; returns whether the call was still running. */
    boolean cancel(StatusCode code, String reason) {
        if (!RESPONSE.compareAndSet(this, null, CallResponse.failure(id, code, reason))) {
            return false;
        }
        tellHandler();
        return true;
    }

    private void deadlinePassed() {
        if (cancel(StatusCode.DEADLINE_EXCEEDED, "no answer by the caller's deadline")) {
            answered();
        }
    }

    /** Lets go of the deadline, on the event loop, once the response is there. */
    void release() {
        DeadlineWheel.Timeout alarm = timeout;
        if (alarm != null) {
            DeadlineWheel.of(peer.loop()).clear(alarm);
        }
    }

    /** Counts the answer, which is there, as waiting; one too many is let go of, and its caller told. */
    void waitsIn(WaitingAnswers answers) {
        CallResponse known = response;
        Payload body = known == null ? null : known.result();
        int length = body == null ? 0 : body.length();
        if (length <= WaitingAnswers.SHORT) {
            return;
        }
        String refusal = answers.enter(length);
        if (refusal != null) {
            response = CallResponse.failure(id, StatusCode.RESOURCE_EXHAUSTED, refusal);
        } else if (!WAITING.compareAndSet(this, 0, length)) {
            // its connection has ended in between
            answers.leave(length);
        }
    }

    /** The answer is being written, or nobody will read it. */
    void waitsNoMore(WaitingAnswers answers) {
        int length = WAITING.getAndSet(this, WAITS_NO_MORE);
        if (length > 0) {
            answers.leave(length);
        }
    }

    /** Returns the response, or null while the call runs. */
    @Nullable
    CallResponse response() {
        return response;
    }

    Peer connection() {
        return peer;
    }

    private CallResponse answerOf(CompletableFuture<CallResponse> done) {
        try {
            return answer(done.getNow(null), null);
        } catch (CompletionException | CancellationException e) {
            return answer(null, e);
        }
    }

    private CallResponse answer(@Nullable CallResponse result, @Nullable Throwable error) {
        if (error == null && result != null) {
            return Objects.equals(result.id(), id) ? result : result.withId(id);
        }
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof MoaException failure) {
            return failure.toResponse(id);
        }
        if (cause instanceof CancellationException) {
            return CallResponse.failure(id, StatusCode.CANCELLED, "the service gave the call up");
        }
        log.warn("A call failed in its handler; the caller sees only that it did", cause);
        return CallResponse.failure(
                id, StatusCode.INTERNAL, "the service failed in a way it did not expect; its log says how");
    }

    private void tellHandler() {
        List<Runnable> actions;
        synchronized (this) {
            cancelled = true;
            actions = cancelActions;
            cancelActions = null;
        }
        if (actions != null) {
            actions.forEach(ServedCall::run);
        }
    }

    private static void run(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            log.warn("An action for a cancelled call failed; the others run all the same", e);
        }
    }

    @Override
    public Deadline deadline() {
        return deadline;
    }

    @Override
    public SocketAddress peer() {
        return peer.address();
    }

    @Override
    public @Nullable Caller caller() {
        return caller;
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void onCancel(Runnable action) {
        synchronized (this) {
            if (!cancelled) {
                if (response == null) {
                    if (cancelActions == null) {
                        cancelActions = new ArrayList<>(1);
                    }
                    cancelActions.add(action);
                }
                return;
            }
        }
        run(action);
    }
}
