package dev.moa.sdk.context;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.Caller;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.IncomingCall;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The call that this thread is serving. Calls made meanwhile take over its deadline, its trace and its tags, and
 * are cancelled with it.
 *
 * <p>It is set on the thread that enters the service's method. Work handed to other threads takes it along by
 * {@link #wrap}. The scope itself is safe for many threads.
 */
public final class CallScope {

    private static final ThreadLocal<@Nullable CallScope> CURRENT = new ThreadLocal<>();

    private final CallRequest request;
    private final IncomingCall call;
    private final TraceContext trace;
    private final AtomicInteger nested = new AtomicInteger();

    private CallScope(CallRequest request, IncomingCall call, TraceContext trace) {
        this.request = request;
        this.call = call;
        this.trace = trace;
    }

    /** Returns the scope of a call that has come in; a call without a trace starts one. */
    public static CallScope of(CallRequest request, IncomingCall call) {
        TraceContext given = TraceContext.parse(request.ctx().traceparent());
        return new CallScope(request, call, given == null ? TraceContext.start() : given);
    }

    /** Returns the call that this thread is serving, or null. */
    public static @Nullable CallScope current() {
        return CURRENT.get();
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
        return trace;
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
        return path() + '.' + nested.incrementAndGet();
    }

    /** Runs {@code work} within this scope, on this thread. */
    public <T> T call(Callable<T> work) throws Exception {
        CallScope before = CURRENT.get();
        CURRENT.set(this);
        try {
            return work.call();
        } finally {
            if (before == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(before);
            }
        }
    }

    /** Returns {@code work} as something that runs within this scope, on whichever thread. */
    public Runnable wrap(Runnable work) {
        return () -> {
            CallScope before = CURRENT.get();
            CURRENT.set(this);
            try {
                work.run();
            } finally {
                if (before == null) {
                    CURRENT.remove();
                } else {
                    CURRENT.set(before);
                }
            }
        };
    }
}
