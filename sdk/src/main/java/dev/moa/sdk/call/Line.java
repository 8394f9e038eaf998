package dev.moa.sdk.call;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.protocol.client.MoaConnection;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one connection to one address, opened when it is first asked for and, once it has been up, opened again in the
 * background when it breaks, so that no call pays for finding out.
 *
 * <p>States: idle (never asked for), opening, ready, leaving (the peer said GOAWAY: running calls finish, new ones go
 * elsewhere), waiting (the last try failed; the next is due after 50 ms, doubled up to 2 s, with jitter), closed. All
 * changes under the line's lock, which is never held while connecting. A line that is refused stays idle: no call may
 * take it.
 */
final class Line {

    private static final Logger log = LoggerFactory.getLogger(Line.class);
    private static final long FIRST_PAUSE_MS = 50;
    private static final long LONGEST_PAUSE_MS = 2_000;

    private final InetSocketAddress address;
    private final ConnectionOptions options;
    private final @Nullable String refusal;
    private final ScheduledExecutorService timer;
    private volatile @Nullable MoaConnection connection;
    private @Nullable CompletableFuture<MoaConnection> opening;
    private int failures;
    private String lastFailure = "it broke";
    private long notBefore = System.nanoTime();
    private int users;
    private boolean closed;

    /** @param refusal why nobody may connect there from here; null if everybody may */
    Line(
            InetSocketAddress address,
            ConnectionOptions options,
            @Nullable String refusal,
            ScheduledExecutorService timer) {
        this.address = address;
        this.options = options;
        this.refusal = refusal;
        this.timer = timer;
    }

    /** Returns the connection if calls can go over it now, else null. */
    @Nullable
    MoaConnection ready() {
        MoaConnection now = connection;
        return now != null && now.isOpen() && !now.isGoingAway() ? now : null;
    }

    /** Returns whether a try to connect may work: not so soon after one that failed. */
    synchronized boolean isWorthTrying() {
        return refusal == null && !closed && (opening != null || System.nanoTime() - notBefore >= 0);
    }

    /** Returns the connection, opened if need be; fails with a {@link MoaException} at once while waiting. */
    CompletableFuture<MoaConnection> connect() {
        MoaConnection now = ready();
        if (now != null) {
            return CompletableFuture.completedFuture(now);
        }
        if (refusal != null) {
            return CompletableFuture.failedFuture(new MoaException(StatusCode.UNAVAILABLE, refusal));
        }
        CompletableFuture<MoaConnection> promise;
        synchronized (this) {
            if (opening != null) {
                return opening;
            }
            long wait = notBefore - System.nanoTime();
            if (closed || wait > 0) {
                return CompletableFuture.failedFuture(new MoaException(
                        StatusCode.UNAVAILABLE,
                        closed
                                ? this + ": closed"
                                : "%s: could not be reached, the next try is due in %d ms (%s)"
                                        .formatted(this, TimeUnit.NANOSECONDS.toMillis(wait) + 1, lastFailure)));
            }
            promise = new CompletableFuture<>();
            opening = promise;
        }
        MoaConnection.open(address, options).whenComplete((opened, failure) -> opened(promise, opened, failure));
        return promise;
    }

    private void opened(
            CompletableFuture<MoaConnection> promise, @Nullable MoaConnection opened, @Nullable Throwable failure) {
        boolean usable = opened != null && opened.isOpen() && !opened.isGoingAway();
        boolean keep;
        synchronized (this) {
            opening = null;
            keep = usable && !closed;
            if (keep) {
                connection = opened;
                failures = 0;
            } else {
                lastFailure = failure == null ? "it is going away" : reason(failure);
                pause();
            }
        }
        if (opened != null && keep) {
            opened.closed().whenComplete((done, broken) -> broke(opened));
            promise.complete(opened);
            return;
        }
        if (opened != null) {
            opened.close();
        }
        log.debug("{} cannot be reached", address, failure);
        promise.completeExceptionally(
                failure != null ? failure : new MoaException(StatusCode.UNAVAILABLE, address + ": is going away"));
        reconnectLater();
    }

    private static String reason(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return String.valueOf(cause.getMessage());
    }

    private void broke(MoaConnection lost) {
        synchronized (this) {
            if (closed || connection != lost) {
                return;
            }
            connection = null;
            lastFailure = "it broke";
            pause();
        }
        reconnectLater();
    }

    // under the lock
    private void pause() {
        long pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS << Math.min(failures, 10));
        failures++;
        long jittered = pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1);
        notBefore = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(jittered);
    }

    private void reconnectLater() {
        long wait;
        synchronized (this) {
            if (closed) {
                return;
            }
            wait = Math.max(0, notBefore - System.nanoTime());
        }
        try {
            timer.schedule(this::warm, wait + 1_000_000, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            log.trace("the client is closed", e);
        }
    }

    /** Opens the connection in the background, unless it is open, opening or waiting. */
    void warm() {
        if (ready() == null && isWorthTrying()) {
            CompletableFuture<MoaConnection> ignored = connect();
        }
    }

    /** Lets go of a connection whose peer is leaving, once its last call has ended. */
    void tick() {
        MoaConnection now = connection;
        if (now != null && now.isGoingAway() && now.inFlight() == 0) {
            synchronized (this) {
                if (connection == now) {
                    connection = null;
                    pause();
                }
            }
            now.close();
        }
    }

    synchronized void use() {
        users++;
    }

    /** Returns whether nobody uses the line any more; it is closed then, at the latest 30 s on. */
    boolean release() {
        synchronized (this) {
            if (--users > 0) {
                return false;
            }
            closed = true;
        }
        closeWhenIdle(Deadline.afterMillis(30_000));
        return true;
    }

    private void closeWhenIdle(Deadline limit) {
        MoaConnection now = connection;
        if (now == null) {
            return;
        }
        if (now.inFlight() == 0 || limit.hasPassed()) {
            now.close();
            return;
        }
        try {
            timer.schedule(() -> closeWhenIdle(limit), 50, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            now.close();
        }
    }

    void close() {
        MoaConnection now;
        synchronized (this) {
            closed = true;
            now = connection;
        }
        if (now != null) {
            now.close();
        }
    }

    @Override
    public String toString() {
        return address.getHostString() + ":" + address.getPort();
    }
}
