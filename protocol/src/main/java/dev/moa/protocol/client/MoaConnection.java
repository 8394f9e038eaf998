package dev.moa.protocol.client;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.io.IoThreads;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a moa port, over which many calls go at once, by moa frames.
 *
 * <p>Safe for many threads; nothing here blocks. Futures complete on the connection's event loop: what is hung on
 * them must not block either. Whoever opens a connection closes it.
 */
public final class MoaConnection implements AutoCloseable {

    private final InetSocketAddress address;
    private final FrameChannel frames;

    private MoaConnection(InetSocketAddress address, FrameChannel frames) {
        this.address = address;
        this.frames = frames;
    }

    /**
     * Connects and greets.
     *
     * <p>The future fails with a {@link MoaException}: UNAVAILABLE if the other end cannot be reached in time or
     * does not speak moa frames, UNAUTHENTICATED if it does not know the token, FAILED_PRECONDITION if it speaks no
     * version that this end does.
     */
    public static CompletableFuture<MoaConnection> open(InetSocketAddress address, ConnectionOptions options) {
        if (address.isUnresolved()) {
            // a name is looked up off the event loop: the resolver of the platform blocks
            return CompletableFuture.supplyAsync(
                            () -> new InetSocketAddress(address.getHostString(), address.getPort()))
                    .thenCompose(resolved -> resolved.isUnresolved()
                            ? CompletableFuture.failedFuture(cannotOpen(address, "the name is not known", null))
                            : open(resolved, options));
        }
        FrameChannel frames = new FrameChannel(address.getHostString() + ":" + address.getPort(), options);
        MoaConnection connection = new MoaConnection(address, frames);
        CompletableFuture<MoaConnection> opened = new CompletableFuture<>();
        int timeoutMs = (int) Math.min(options.connectTimeout().toMillis(), Integer.MAX_VALUE);
        Bootstrap bootstrap = new Bootstrap()
                .group(IoThreads.group())
                .channel(IoThreads.channelType())
                .option(ChannelOption.ALLOCATOR, IoThreads.allocator())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMs)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        SslContext ssl = options.ssl();
                        if (ssl != null) {
                            SslHandler tls =
                                    ssl.newHandler(channel.alloc(), address.getHostString(), address.getPort());
                            tls.setHandshakeTimeoutMillis(timeoutMs);
                            channel.pipeline().addLast(tls);
                        }
                        channel.pipeline().addLast(frames);
                    }
                });
        frames.opened().whenComplete((nothing, error) -> {
            if (error != null) {
                opened.completeExceptionally(error);
            } else if (!opened.complete(connection)) {
                // whoever asked for it does not want it any more
                connection.close();
            }
        });
        ChannelFuture connect = bootstrap.connect(address);
        connect.addListener(done -> {
            if (!done.isSuccess()) {
                opened.completeExceptionally(
                        cannotOpen(address, String.valueOf(done.cause().getMessage()), done.cause()));
                return;
            }
            SslHandler tls = ((ChannelFuture) done).channel().pipeline().get(SslHandler.class);
            if (tls != null) {
                tls.handshakeFuture().addListener(shaken -> {
                    if (shaken.isSuccess()) {
                        frames.greet();
                    } else {
                        String reason = "TLS: " + shaken.cause().getMessage();
                        opened.completeExceptionally(cannotOpen(address, reason, shaken.cause()));
                        frames.close(reason);
                    }
                });
            }
        });
        if (connect.cause() != null) {
            // there may not even be a channel
            return opened;
        }
        connect.channel()
                .eventLoop()
                .schedule(
                        () -> {
                            if (!frames.opened().isDone() && connect.isSuccess()) {
                                frames.close("no HELLO within %d ms".formatted(timeoutMs));
                            }
                        },
                        timeoutMs,
                        TimeUnit.MILLISECONDS);
        return opened;
    }

    private static MoaException cannotOpen(InetSocketAddress address, String reason, @Nullable Throwable cause) {
        return new MoaException(
                StatusCode.UNAVAILABLE,
                "cannot open a connection to %s:%d: %s".formatted(address.getHostString(), address.getPort(), reason),
                Payload.json("{\"sent\":false}"),
                cause);
    }

    /**
     * Sends a call. The future completes with a response, whatever happens; the failures of the connection itself are
     *
     * <ul>
     *   <li>DEADLINE_EXCEEDED at the deadline; the other end is told to stop,
     *   <li>UNAVAILABLE with details {@code {"sent":false}} if the call never left, so that it is safe to send it
     *       elsewhere, or {@code {"sent":true}} if the connection broke and nobody knows,
     *   <li>RESOURCE_EXHAUSTED, never sent, if too many calls are in flight or the arguments are too long,
     *   <li>INVALID_ARGUMENT, never sent, if a header is too long.
     * </ul>
     *
     * <p>Cancelling the future tells the other end that nobody waits any more.
     */
    public CompletableFuture<CallResponse> call(CallRequest request, Deadline deadline) {
        PendingCall call = new PendingCall(frames, request, deadline, false);
        frames.call(call);
        return call;
    }

    /**
     * Sends a call as {@link #call} does. If the current thread is about to wait for it ({@link WaitingCaller#await}),
     * it may write and read itself, and complete the future.
     */
    public CompletableFuture<CallResponse> callFromWaiter(CallRequest request, Deadline deadline) {
        PendingCall call = new PendingCall(frames, request, deadline, false);
        call.caller = WaitingCaller.ofNextCall();
        frames.call(call);
        return call;
    }

    /**
     * Sends a call that is not answered. The future completes with OK and null once the call is on its way, which says
     * nothing of what becomes of it; or with a failure as {@link #call} does, and then nothing was sent. It waits no
     * longer than to the deadline for the peer to take it, and counts as in flight until then.
     */
    public CompletableFuture<CallResponse> send(CallRequest request, Deadline deadline) {
        PendingCall call = new PendingCall(frames, request, deadline, true);
        frames.call(call);
        return call;
    }

    /** Completes when the other end has answered a PING, or fails with a {@link MoaException}. */
    public CompletableFuture<Void> ping(Duration timeout) {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        frames.ping(answer);
        return answer.orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS).exceptionallyCompose(error -> {
            if (error instanceof TimeoutException) {
                return CompletableFuture.failedFuture(new MoaException(
                        StatusCode.DEADLINE_EXCEEDED,
                        "no answer to a ping from %s within %d ms".formatted(address, timeout.toMillis())));
            }
            return CompletableFuture.failedFuture(error);
        });
    }

    /** Returns the other end. */
    public InetSocketAddress address() {
        return address;
    }

    /** Returns whether calls can be sent. */
    public boolean isOpen() {
        return frames.state() == FrameChannel.State.OPEN;
    }

    /** Returns whether the other end wants no more calls; those in flight are still answered. */
    public boolean isGoingAway() {
        return frames.state() == FrameChannel.State.GOING_AWAY;
    }

    /** Returns how many calls have no answer yet. */
    public int inFlight() {
        return frames.inFlight();
    }

    /** Returns what completes, always normally, once the connection has ended, whoever ended it. */
    public CompletableFuture<Void> closed() {
        return frames.closed();
    }

    /** Ends the connection; calls without an answer fail as UNAVAILABLE. */
    @Override
    public void close() {
        frames.close("it was closed at this end");
    }
}
