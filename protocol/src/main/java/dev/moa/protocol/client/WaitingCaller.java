package dev.moa.protocol.client;

import dev.moa.protocol.CallResponse;
import dev.moa.protocol.io.LendingLoop;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A platform thread that makes a call and waits for its answer, and so may borrow the connection's event loop for both
 * ({@link LendingLoop}, which says when). It borrows twice, each time within one method: to write the request, and to wait.
 *
 * <p>While it runs the loop, its answer is only put down here; the future is completed, and what hangs on it runs,
 * after the loop has been given back. Virtual threads never borrow: {@code epoll_wait} would hold their carrier.
 */
public final class WaitingCaller {

    private static final ThreadLocal<@Nullable WaitingCaller> OF_THREAD = new ThreadLocal<>();
    private static final MethodHandle IS_VIRTUAL = isVirtual();

    private final Thread thread = Thread.currentThread();
    private final BooleanSupplier done = this::isDone;
    private boolean waiting;
    /** Whether the next call of this thread is the one that it waits for. */
    private boolean sending;

    private @Nullable LendingLoop lent;
    private @Nullable PendingCall call;
    private @Nullable CallResponse response;
    private @Nullable CompletableFuture<?> answer;

    private WaitingCaller() {}

    /**
     * Makes a call and waits for its answer, as {@code call.get().get()} does. An interrupt cancels the future, and so
     * does the end of {@code atMost}: that of a virtual thread that holds the event loop on which its answer comes, because
     * it waits within a class initialiser or native code. No other thread needs it, for calls end by their deadlines.
     *
     * @param call makes it, at some point by {@link MoaConnection#callFromWaiter} on this thread
     * @param atMost milliseconds, asked on virtual threads only: some time more than the call may take
     * @throws TimeoutException if the call has not ended in {@code atMost}
     */
    public static <T> T await(Supplier<CompletableFuture<T>> call, LongSupplier atMost)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (onVirtualThread()) {
            return getWithin(call.get(), atMost.getAsLong());
        }
        if (!LendingLoop.ENABLED) {
            return get(call.get());
        }
        WaitingCaller caller = OF_THREAD.get();
        if (caller == null) {
            caller = new WaitingCaller();
            OF_THREAD.set(caller);
        }
        return caller.waiting ? caller.awaitWithin(call) : caller.awaitAlone(call);
    }

    /** A call within a call: code around it, an interceptor, asks somebody else first or afterwards. */
    private <T> T awaitWithin(Supplier<CompletableFuture<T>> inner) throws InterruptedException, ExecutionException {
        boolean outer = sending;
        sending = false;
        try {
            return get(inner.get());
        } finally {
            sending = outer;
        }
    }

    private <T> T awaitAlone(Supplier<CompletableFuture<T>> only) throws InterruptedException, ExecutionException {
        waiting = true;
        sending = true;
        try {
            CompletableFuture<T> future = only.get();
            sending = false;
            answer = future;
            LendingLoop loop = lent;
            if (loop != null && !future.isDone() && loop.tryBorrow()) {
                try {
                    loop.runUntil(done);
                } finally {
                    deliver();
                }
            }
            return get(future);
        } finally {
            waiting = false;
            sending = false;
            lent = null;
            call = null;
            answer = null;
        }
    }

    private static <T> T get(CompletableFuture<T> future) throws InterruptedException, ExecutionException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            future.cancel(false);
            throw e;
        }
    }

    private static <T> T getWithin(CompletableFuture<T> future, long milliseconds)
            throws InterruptedException, ExecutionException, TimeoutException {
        try {
            return future.get(milliseconds, TimeUnit.MILLISECONDS);
        } catch (InterruptedException | TimeoutException e) {
            future.cancel(false);
            throw e;
        }
    }

    /** Returns who waits for the call that the current thread is making; null if nobody does, or nobody knows. */
    static @Nullable WaitingCaller ofNextCall() {
        if (!LendingLoop.ENABLED || onVirtualThread()) {
            return null;
        }
        WaitingCaller caller = OF_THREAD.get();
        if (caller == null || !caller.sending) {
            return null;
        }
        caller.sending = false;
        return caller;
    }

    /** Sends {@code which} from this thread, if the loop is lent. */
    boolean sends(PendingCall which, LendingLoop loop, Runnable sender) {
        if (!loop.tryBorrow()) {
            return false;
        }
        lent = loop;
        call = which;
        try {
            sender.run();
        } catch (RuntimeException e) {
            // a defect: it is reported as one of the loop's, and the call ends by its deadline
            loop.execute(() -> {
                throw e;
            });
        } finally {
            loop.giveBack();
            deliver();
        }
        return true;
    }

    /** Puts the response down if the current thread runs the loop and waits for {@code which}. */
    boolean takes(PendingCall which, CallResponse given) {
        if (thread != Thread.currentThread() || which != call) {
            return false;
        }
        response = given;
        return true;
    }

    private boolean isDone() {
        CompletableFuture<?> whole = answer;
        // the whole may end without this call: by its deadline, or cancelled
        return response != null || (whole != null && whole.isDone());
    }

    private void deliver() {
        CallResponse ready = response;
        PendingCall whose = call;
        response = null;
        if (ready != null && whose != null) {
            call = null;
            whose.complete(ready);
        }
    }

    private static boolean onVirtualThread() {
        try {
            return (boolean) IS_VIRTUAL.invokeExact(Thread.currentThread());
        } catch (Throwable e) {
            throw new LinkageError("Thread.isVirtual", e);
        }
    }

    /** There is none before JDK 21. */
    private static MethodHandle isVirtual() {
        try {
            return MethodHandles.publicLookup()
                    .findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
        } catch (ReflectiveOperationException e) {
            return MethodHandles.dropArguments(MethodHandles.constant(boolean.class, false), 0, Thread.class);
        }
    }
}
