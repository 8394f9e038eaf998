package dev.moa.sdk.context;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.Caller;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.IncomingCall;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * The call that this thread is serving. Calls made meanwhile take over its deadline, its trace and its tags, and
 * are cancelled with it.
 *
 * <p>It is set on the thread that enters the service's method. Work handed to other threads takes it along by
 * {@link #wrap}. The scope itself is safe for many threads.
 */
public final class CallScope {

    /** What a thread serves. Found once per call and then only written, which setting a thread-local is not. */
    private static final class Place {
        @Nullable
        CallScope scope;
    }

    private static final ThreadLocal<Place> CURRENT = ThreadLocal.withInitial(Place::new);
    private static final AtomicIntegerFieldUpdater<CallScope> NESTED =
            AtomicIntegerFieldUpdater.newUpdater(CallScope.class, "nested");

    private final CallRequest request;
    private final IncomingCall call;
    private volatile @Nullable TraceContext trace;
    private volatile int nested;

    private CallScope(CallRequest request, IncomingCall call) {
        this.request = request;
        this.call = call;
    }

    /** Returns the scope of a call that has come in; a call without a trace starts one once it is asked for. */
    public static CallScope of(CallRequest request, IncomingCall call) {
        return new CallScope(request, call);
    }

    /** Returns the call that this thread is serving, or null. */
    public static @Nullable CallScope current() {
        return CURRENT.get().scope;
    }

    /** Returns the moment by which the caller wants the answer. */
    public Deadline deadline() {
        return call.deadline();
    }

    /** Returns the request. */
    public CallRequest request() {
        return request;
    }

    /** Returns the call as the last interceptor handed it on. */
    public IncomingCall incoming() {
        return call;
    }

    /** Returns the caller as its token proved it; null where the port asks for none. */
    public @Nullable Caller caller() {
        return call.caller();
    }

    /** Returns the name that the caller gives itself, or null. */
    public @Nullable String app() {
        return request.ctx().app();
    }

    /** Returns the place of this call in its trace. */
    public TraceContext trace() {
        TraceContext known = trace;
        return known == null ? readTrace() : known;
    }

    /** Returns whether the caller gave a place in a trace, and with it said whether the trace is sampled. */
    public boolean isTraced() {
        return TraceContext.parse(request.ctx().traceparent()) != null;
    }

    private synchronized TraceContext readTrace() {
        TraceContext known = trace;
        if (known == null) {
            TraceContext given = TraceContext.parse(request.ctx().traceparent());
            known = given == null ? TraceContext.start() : given;
            trace = known;
        }
        return known;
    }

    /** Returns the readable place of this call in its trace, for example {@code 0.12.3}. */
    public String path() {
        String path = request.ctx().path();
        return path == null ? "0" : path;
    }

    /** Returns the tags that came with the call. */
    public Map<String, String> tags() {
        return request.ctx().tags();
    }

    /** Returns whether nobody waits for the answer any more. */
    public boolean isCancelled() {
        return call.isCancelled();
    }

    /** Runs {@code action} once if the caller cancels or its connection breaks; at once if that was before. */
    public void onCancel(Runnable action) {
        call.onCancel(action);
    }

    /** Returns the path of the next call made while serving this one: {@code 0.1}, {@code 0.2}, … */
    public String nextPath() {
        return path() + '.' + NESTED.incrementAndGet(this);
    }

    /** Runs {@code work} within this scope, on this thread. */
    public <T> T call(Callable<T> work) throws Exception {
        Place here = CURRENT.get();
        CallScope before = here.scope;
        here.scope = this;
        try {
            return work.call();
        } finally {
            here.scope = before;
        }
    }

    /** Returns {@code work} as something that runs within this scope, on whichever thread. */
    public Runnable wrap(Runnable work) {
        return () -> {
            Place here = CURRENT.get();
            CallScope before = here.scope;
            here.scope = this;
            try {
                work.run();
            } finally {
                here.scope = before;
            }
        };
    }
}
