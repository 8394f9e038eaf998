package dev.moa.sdk.call;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.client.MoaConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One call over its attempts; itself the future of its response.
 *
 * <p>At most two attempts run at once: the one that is there for the call ({@code main}) and its hedge. Retries follow
 * one another and begin only when nothing runs. Who runs is decided under the lock of this object; nothing is sent and
 * no future completed under it. The call ends once: whoever completes the future first (an attempt, the
 * deadline, the caller's cancel) abandons what still runs and gives back the places in the bulkheads.
 */
final class Call extends CompletableFuture<CallResponse> {

    private final CallRequest request;
    private final Deadline deadline;
    private final CallOptions options;
    private volatile @Nullable ServiceCalls service;
    private volatile @Nullable MethodCalls method;
    private volatile @Nullable Future<?> alarm;
    private volatile @Nullable Future<?> hedging;
    private volatile @Nullable Attempt main;
    private volatile @Nullable Attempt hedge;
    private volatile boolean idempotent;
    private final @Nullable CallJournal journal;
    private long startedAt;

    // under the lock
    private int attempts;
    private @Nullable List<Endpoint> tried;
    private boolean released;
    private boolean sent;
    private boolean expired;

    Call(CallRequest request, Deadline deadline, CallOptions options) {
        this.journal = options.explained() ? new CallJournal() : null;
        this.request = request;
        this.deadline = deadline;
        this.options = options;
    }

    CallRequest request() {
        return request;
    }

    /** Ends the call without having been let in. */
    void refuse(StatusCode code, String message) {
        refuse(CallResponse.failure(request.id(), code, message, Outcome.notSent()));
    }

    /** Ends the call without having been let in by {@code in}. */
    void refuse(ServiceCalls in, StatusCode code, String message) {
        CallResponse response = CallResponse.failure(request.id(), code, message, Outcome.notSent());
        refuse(journal == null ? response : response.withWhy(journal.toJson(request, in, null)));
    }

    private void refuse(CallResponse response) {
        complete(response);
        disarm();
    }

    /** Makes sure that the call ends by its deadline while it waits for something other than its answer. */
    void arm(ScheduledExecutorService timer, String waitingFor) {
        try {
            synchronized (this) {
                if (alarm == null) {
                    alarm = timer.schedule(() -> expire(waitingFor), deadline.remainingNanos(), TimeUnit.NANOSECONDS);
                }
            }
        } catch (RejectedExecutionException e) {
            finish(CallResponse.failure(
                    request.id(), StatusCode.UNAVAILABLE, "the client is closed", Outcome.notSent()));
        }
    }

    /**
     * Returns whether an attempt may leave: not once the deadline has ended the call, perhaps as one that was never
     * sent. From then on the deadline is the connection's business, unless another attempt still waits for its own.
     */
    synchronized boolean leaves() {
        if (expired) {
            return false;
        }
        sent = true;
        Future<?> set = alarm;
        if (set != null && (main == null || hedge == null)) {
            set.cancel(false);
            alarm = null;
        }
        return true;
    }

    void begin(ServiceCalls in, MethodCalls of) {
        startedAt = in.nanoTime();
        method = of;
        service = in;
        idempotent = of.isIdempotent(options.idempotent());
        if (isDone()) {
            // it ended while the service was looked up
            release(in, null);
            return;
        }
        attempt(in, Attempt.Kind.FIRST);
        long after = idempotent && !options.oneway() ? of.hedgeAfterNanos() : Long.MAX_VALUE;
        if (after < deadline.remainingNanos() && !isDone()) {
            hedgeAfter(in, after);
        }
    }

    private void attempt(ServiceCalls in, Attempt.Kind kind) {
        if (deadline.hasPassed()) {
            expire("its turn");
            return;
        }
        Endpoint chosen = in.choose(request, triedBefore());
        if (chosen == null) {
            finish(CallResponse.failure(
                    request.id(),
                    StatusCode.UNAVAILABLE,
                    "%s: no instance can be called now (known: %d)"
                            .formatted(in.service(), in.roster().all().size()),
                    Outcome.notSent()));
            return;
        }
        Attempt attempt = new Attempt(this, in, chosen, kind);
        synchronized (this) {
            attempts++;
            main = attempt;
        }
        run(attempt);
    }

    private void run(Attempt attempt) {
        ServiceCalls in = service;
        if (journal != null && in != null) {
            journal.begins(attempt, in, in.nanoTime() - startedAt);
        }
        attempt.start(request, deadline);
        if (isDone()) {
            attempt.abandon();
        }
    }

    /** Sends an attempt over a connection. */
    CompletableFuture<CallResponse> send(MoaConnection connection, CallRequest what, Deadline by) {
        return options.oneway() ? connection.send(what, by) : connection.callFromWaiter(what, by);
    }

    /** Returns what the end of an attempt, or of the call, says of who had it; null if it was abandoned. */
    Outcome outcome(@Nullable CallResponse response) {
        if (response == null) {
            return Outcome.ABANDONED;
        }
        return options.oneway() && response.isOk() ? Outcome.SENT : Outcome.of(response);
    }

    private void hedgeAfter(ServiceCalls in, long nanos) {
        try {
            hedging = in.timer().schedule(() -> hedge(in), nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            // the client is closed; the attempt that runs ends with its connection
            return;
        }
        if (isDone()) {
            disarm();
        }
    }

    /** Asks another instance too. Without one, or without budget, the call goes on as if nothing had been. */
    private void hedge(ServiceCalls in) {
        Attempt running = main;
        MethodCalls of = method;
        if (isDone() || running == null || of == null || deadline.hasPassed()) {
            return;
        }
        List<Endpoint> taken = new ArrayList<>(2);
        synchronized (this) {
            if (tried != null) {
                taken.addAll(tried);
            }
            if (hedge != null || main != running || attempts >= of.maxAttempts()) {
                return;
            }
        }
        taken.add(running.endpoint());
        Endpoint other = in.choose(request, taken);
        if (other == null || taken.contains(other)) {
            return;
        }
        if (!other.isReady()) {
            // for the next time: connecting takes longer than waiting
            other.warm();
            return;
        }
        if (!in.budget().take()) {
            return;
        }
        Attempt second = new Attempt(this, in, other, Attempt.Kind.HEDGE);
        synchronized (this) {
            attempts++;
            hedge = second;
        }
        run(second);
    }

    /** An attempt ended; null if it was abandoned. */
    void attempted(Attempt attempt, @Nullable CallResponse response, long tookNanos) {
        ServiceCalls in = service;
        MethodCalls of = method;
        if (in == null || of == null) {
            throw new IllegalStateException("an attempt ended that never began");
        }
        if (attempt.kind() == Attempt.Kind.FIRST && !options.oneway() && (response == null || response.isOk())) {
            of.took(tookNanos);
        }
        if (journal != null) {
            journal.ended(attempt, response, tookNanos);
        }
        if (isDone()) {
            return;
        }
        if (response == null) {
            finish(CallResponse.failure(request.id(), StatusCode.CANCELLED, "cancelled"));
            return;
        }
        synchronized (this) {
            if (expired && Outcome.wasNotSent(response)) {
                // whoever let it expire ends the call and says why
                return;
            }
        }
        boolean hopeless = response.isOk()
                || !(Outcome.wasNotSent(response) || Outcome.mayGoBetterElsewhere(response))
                || deadline.hasPassed();
        int made;
        synchronized (this) {
            if (attempt == main) {
                main = null;
            } else {
                hedge = null;
            }
            if (!hopeless && (main != null || hedge != null)) {
                // the other one still runs: it may do better
                remember(attempt.endpoint());
                return;
            }
            made = attempts;
        }
        if (hopeless || !in.mayRetry(response, idempotent, made, of.maxAttempts())) {
            finish(response);
            return;
        }
        synchronized (this) {
            remember(attempt.endpoint());
        }
        attempt(in, Attempt.Kind.RETRY);
    }

    private synchronized @Nullable List<Endpoint> triedBefore() {
        return tried == null ? null : List.copyOf(tried);
    }

    // under the lock
    private void remember(Endpoint endpoint) {
        List<Endpoint> before = tried;
        if (before == null) {
            before = new ArrayList<>(2);
            tried = before;
        }
        before.add(endpoint);
    }

    private void expire(String waitingFor) {
        boolean never;
        synchronized (this) {
            expired = true;
            never = !sent;
        }
        finish(CallResponse.failure(
                request.id(),
                StatusCode.DEADLINE_EXCEEDED,
                "the deadline passed while it waited for " + waitingFor,
                never ? Outcome.notSent() : null));
    }

    private void finish(CallResponse response) {
        CallResponse named = response.id() == null && request.id() != null ? response.withId(request.id()) : response;
        ServiceCalls in = service;
        if (complete(journal == null || in == null ? named : named.withWhy(journal.toJson(request, in, method)))) {
            end(response);
        }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        if (!super.cancel(mayInterruptIfRunning)) {
            return false;
        }
        end(null);
        return true;
    }

    private void end(@Nullable CallResponse response) {
        disarm();
        Attempt one = main;
        if (one != null && response != null && response.isOk()) {
            // it still runs, so the answer is that of the hedge
            one.outrun();
        } else if (one != null) {
            one.abandon();
        }
        Attempt other = hedge;
        if (other != null) {
            other.abandon();
        }
        ServiceCalls in = service;
        if (in != null) {
            release(in, response);
        }
    }

    private void release(ServiceCalls in, @Nullable CallResponse response) {
        MethodCalls of = method;
        synchronized (this) {
            if (released || of == null) {
                return;
            }
            released = true;
        }
        Outcome outcome = response != null && Outcome.wasNotSent(response) ? Outcome.UNKNOWN : outcome(response);
        in.ended(of, outcome, in.nanoTime() - startedAt);
    }

    private void disarm() {
        Future<?> set = alarm;
        if (set != null) {
            set.cancel(false);
        }
        Future<?> waiting = hedging;
        if (waiting != null) {
            waiting.cancel(false);
        }
    }
}
