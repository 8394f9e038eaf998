package dev.moa.protocol.server;

import dev.moa.protocol.CallHandler;
import dev.moa.protocol.io.IoThreads;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One TCP port that serves calls over RESP, moa frames and HTTP/1.1, told apart by the first byte.
 *
 * <p>{@link #start()} listens; {@link #goAway(Goodbye)} asks its peers to move while it serves them on, and lets go
 * of each between two replies; {@link #drained()} tells when none is left who could miss an answer; {@link #close()}
 * ends it. Safe for many threads. Whoever starts a port closes it.
 */
public final class MoaPort implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(MoaPort.class);
    private static final int BACKLOG = 1_024;

    private final String host;
    private final int wantedPort;
    private final @Nullable SslContext ssl;
    private final CallDesk desk;
    private final PeerBook peers;
    private final RespCommands commands;
    private @Nullable Channel listening;
    private @Nullable ScheduledFuture<?> sweep;
    private volatile @Nullable Departure departure;
    private boolean closed;

    private MoaPort(Builder builder) {
        this.host = builder.host;
        this.wantedPort = builder.port;
        this.ssl = builder.ssl;
        this.desk = new CallDesk(builder.handler, builder.authenticator, builder.limits);
        this.peers = new PeerBook(desk, builder.name);
        this.peers.moreForOperators(builder.operatorLines);
        this.commands = new RespCommands(peers, builder.extension);
    }

    /**
     * Returns a builder of a port.
     *
     * @param handler what to do with each call; runs on event loops and must not block
     */
    public static Builder builder(CallHandler handler) {
        return new Builder(handler);
    }

    /**
     * Listens; does nothing if it does already.
     *
     * @throws UncheckedIOException if the address cannot be listened on
     * @throws IllegalStateException if the port has been closed
     */
    public synchronized MoaPort start() {
        if (closed) {
            throw new IllegalStateException(peers.name() + ": the port has been closed");
        }
        if (listening != null) {
            return this;
        }
        int half = Math.max(1, desk.limits().maxOutboundBytesPerConnection() / 2);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(IoThreads.group())
                .channel(IoThreads.serverChannelType())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.ALLOCATOR, IoThreads.allocator())
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(
                                half, Math.max(half, desk.limits().maxOutboundBytesPerConnection())))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel);
                    }
                });
        var bind = bootstrap.bind(new InetSocketAddress(host, wantedPort)).awaitUninterruptibly();
        if (!bind.isSuccess()) {
            throw new UncheckedIOException(
                    "%s: cannot listen on %s:%d: %s"
                            .formatted(
                                    peers.name(), host, wantedPort, bind.cause().getMessage()),
                    bind.cause() instanceof java.io.IOException io ? io : new java.io.IOException(bind.cause()));
        }
        Channel channel = bind.channel();
        listening = channel;
        peers.port(((InetSocketAddress) channel.localAddress()).getPort());
        sweep = channel.eventLoop().scheduleWithFixedDelay(peers::sweep, 1, 1, TimeUnit.SECONDS);
        log.info("{} listens on {}:{}", peers.name(), host, peers.port());
        return this;
    }

    /** Serves a connection that has come; the listening channel does it, and tests that count its memory. */
    void accept(Channel channel) {
        Peer peer = peers.enter(channel);
        if (peer == null) {
            String reply = "-ERR max number of clients reached (limit %d)\r\n"
                    .formatted(desk.limits().maxConnections());
            LastWords.say(channel, Unpooled.copiedBuffer(reply, StandardCharsets.US_ASCII));
            return;
        }
        channel.closeFuture().addListener(done -> {
            peers.leave(peer);
            peer.goodbyeSaid();
        });
        channel.pipeline().addLast(new FirstByte(peer, commands, ssl));
        Departure leaving = departure;
        if (leaving != null && leaving.isHangingUp()) {
            peer.hangUp();
        }
    }

    /** Returns the port it listens on, or 0 before {@link #start()}. */
    public int port() {
        return peers.port();
    }

    /** Returns how many connections are open. */
    public int connections() {
        return peers.count();
    }

    /** Returns how many calls are under way. */
    public int inFlight() {
        return desk.inFlight();
    }

    /** Goes away without waiting for anybody but the calls in flight. */
    public void goAway() {
        goAway(Goodbye.now());
    }

    /**
     * Asks every peer to go: frame peers by GOAWAY, Redis clients that asked to be told by MOVING, HTTP callers by
     * {@code Connection: close}. All are served on, and new connections taken, for the quiet time, or until nobody is
     * left whom it would help; then the port stops to listen, and RESP and HTTP connections end, each between two
     * replies. A second goodbye does nothing.
     */
    public void goAway(Goodbye goodbye) {
        Departure leaving;
        synchronized (this) {
            Channel channel = listening;
            if (departure != null || channel == null) {
                if (channel == null) {
                    desk.goAway();
                }
                return;
            }
            leaving = new Departure(peers, channel, goodbye);
            departure = leaving;
            desk.goodbyeBegins();
            peers.all().forEach(each -> each.goAway(goodbye));
            desk.goAway();
            channel.eventLoop().execute(leaving);
        }
    }

    /**
     * Returns what completes when, after {@link #goAway(Goodbye)}, no call is in flight and no peer can have sent one
     * that has not come yet: frame peers have confirmed that they have heard, RESP and HTTP connections have ended.
     * A caller who is in the middle of a request is waited for.
     */
    public CompletableFuture<Void> drained() {
        return desk.drained();
    }

    /** Ends the port and its connections, at once; replies that are written already still leave. */
    @Override
    public void close() {
        Channel channel;
        ScheduledFuture<?> sweeping;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            channel = listening;
            sweeping = sweep;
        }
        if (sweeping != null) {
            sweeping.cancel(false);
        }
        if (channel != null) {
            channel.close();
        }
        for (Peer peer : peers.all()) {
            peer.loop()
                    .execute(() -> peer.channel()
                            .writeAndFlush(Unpooled.EMPTY_BUFFER)
                            .addListener(ChannelFutureListener.CLOSE));
            // a peer that does not read is not waited for
            peer.loop().schedule(() -> peer.channel().close(), 1, TimeUnit.SECONDS);
        }
        log.info("{} on {}:{} is closed", peers.name(), host, peers.port());
    }

    /** Settings of a port. */
    public static final class Builder {
        private final CallHandler handler;
        private String host = "127.0.0.1";
        private int port = 6390;
        private String name = "moa";
        private Authenticator authenticator = Authenticator.none();
        private PortLimits limits = PortLimits.defaults();
        private @Nullable SslContext ssl;
        private @Nullable RespExtension extension;
        private Supplier<String> operatorLines = () -> "";

        private Builder(CallHandler handler) {
            this.handler = handler;
        }

        /** Sets the address to listen on; 127.0.0.1 by default. */
        public Builder host(String newHost) {
            host = newHost;
            return this;
        }

        /** Sets the port to listen on, 0 for any that is free; 6390 by default. */
        public Builder port(int newPort) {
            port = newPort;
            return this;
        }

        /** Sets what the port is called in logs and in {@code INFO}; {@code moa} by default. */
        public Builder name(String newName) {
            name = newName;
            return this;
        }

        /** Sets who may use the port; all who can reach it by default. */
        public Builder authenticator(Authenticator newAuthenticator) {
            authenticator = newAuthenticator;
            return this;
        }

        /** Sets how much the port takes; {@link PortLimits#defaults()} by default. */
        public Builder limits(PortLimits newLimits) {
            limits = newLimits;
            return this;
        }

        /** Sets TLS, after which nothing else is served; null, the default, for plain TCP. */
        public Builder ssl(@Nullable SslContext newSsl) {
            ssl = newSsl;
            return this;
        }

        /**
         * Sets what {@code INFO moa} says beside what the port knows of itself (nothing): lines {@code name:value}, each
         * ended by a line feed. Asked on event loops: it must not block.
         */
        public Builder operatorLines(Supplier<String> lines) {
            operatorLines = lines;
            return this;
        }

        /** Sets what RESP commands it answers beside those of every port; null, the default, for none. */
        public Builder respExtension(@Nullable RespExtension newExtension) {
            extension = newExtension;
            return this;
        }

        /** Returns the port, which does not listen yet. */
        public MoaPort build() {
            return new MoaPort(this);
        }
    }
}
