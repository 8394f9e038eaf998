package dev.moa.router.nameserver;

import dev.moa.protocol.io.IoThreads;
import dev.moa.router.chain.Catalog;
import dev.moa.router.chain.Lookup;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.handler.timeout.WriteTimeoutHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sockets of the DNS face: UDP and TCP on one port. */
public final class NameServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NameServer.class);

    private static final int MAX_DATAGRAM_BYTES = 2_048;
    private static final int DATAGRAMS_AT_ONCE = 32;
    private static final int IDLE_SECONDS = 10;
    private static final int BIND_ATTEMPTS = 10;

    private final NameServerProperties settings;
    private final Answerer answerer;
    private final Admission admission;
    private final AnswerRate rate;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private @Nullable Channel tcp;
    private @Nullable Channel udp;
    private boolean closed;

    public NameServer(Lookup lookup, Catalog catalog, NameServerProperties settings, Clock clock) {
        this.settings = settings;
        this.answerer = new Answerer(new Zone(lookup, catalog, settings, clock));
        this.admission = new Admission(settings.networks());
        this.rate = new AnswerRate(settings.maxAnswersPerSecond());
    }

    /**
     * Listens, where the settings say so; does nothing if it does already.
     *
     * @throws UncheckedIOException if the address cannot be listened on
     */
    public synchronized void start() {
        if (!settings.enabled() || tcp != null || closed) {
            return;
        }
        for (int attempt = 1; udp == null; attempt++) {
            Channel listening = bound(listenTcp());
            int port = ((InetSocketAddress) listening.localAddress()).getPort();
            ChannelFuture datagrams = listenUdp(port).awaitUninterruptibly();
            if (datagrams.isSuccess()) {
                tcp = listening;
                udp = datagrams.channel();
            } else {
                listening.close().awaitUninterruptibly();
                // any free port means one that is free for both
                if (settings.port() != 0 || attempt == BIND_ATTEMPTS) {
                    throw cannotListen(datagrams.cause());
                }
            }
        }
        log.info("DNS for {} on {}:{}", settings.domain(), settings.host(), port());
    }

    private Channel bound(ChannelFuture bind) {
        bind.awaitUninterruptibly();
        if (!bind.isSuccess()) {
            throw cannotListen(bind.cause());
        }
        return bind.channel();
    }

    private UncheckedIOException cannotListen(Throwable cause) {
        return new UncheckedIOException(
                "DNS cannot listen on %s:%d: %s; set moa.router.name-server.port to a free one, or .enabled to false"
                        .formatted(settings.host(), settings.port(), cause.getMessage()),
                cause instanceof IOException io ? io : new IOException(cause));
    }

    private ChannelFuture listenTcp() {
        return new ServerBootstrap()
                .group(IoThreads.group())
                .channel(IoThreads.serverChannelType())
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel);
                    }
                })
                .bind(settings.host(), settings.port());
    }

    private void accept(Channel channel) {
        boolean isWelcome = admission.allows((InetSocketAddress) channel.remoteAddress());
        if (!isWelcome || connections.size() >= settings.maxConnections()) {
            answerer.countDropped();
            channel.close();
            return;
        }
        connections.add(channel);
        channel.pipeline()
                .addLast(new ReadTimeoutHandler(IDLE_SECONDS))
                .addLast(new WriteTimeoutHandler(IDLE_SECONDS))
                .addLast(new TcpFace(answerer));
    }

    private ChannelFuture listenUdp(int port) {
        Bootstrap bootstrap = new Bootstrap()
                .group(IoThreads.group())
                .channel(IoThreads.datagramChannelType())
                .handler(new UdpFace(answerer, admission, rate));
        if (EpollDatagramChannel.class.isAssignableFrom(IoThreads.datagramChannelType())) {
            // many datagrams for one system call
            bootstrap
                    .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, MAX_DATAGRAM_BYTES)
                    .option(
                            ChannelOption.RECVBUF_ALLOCATOR,
                            new FixedRecvByteBufAllocator(MAX_DATAGRAM_BYTES * DATAGRAMS_AT_ONCE));
        } else {
            bootstrap.option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(MAX_DATAGRAM_BYTES));
        }
        return bootstrap.bind(settings.host(), port);
    }

    /** Returns the port it listens on; 0 where it does not. */
    public synchronized int port() {
        return tcp == null ? 0 : ((InetSocketAddress) tcp.localAddress()).getPort();
    }

    /** Returns how many answers there were by how they ended; {@code truncated}, {@code dropped}. */
    public Map<String, LongAdder> counters() {
        return answerer.counters();
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (tcp != null) {
            tcp.close();
        }
        if (udp != null) {
            udp.close();
        }
        connections.close();
        answerer.close();
    }
}
