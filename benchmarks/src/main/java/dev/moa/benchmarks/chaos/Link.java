package dev.moa.benchmarks.chaos;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The way from one part to another: a TCP relay on a loopback port, which can fall silent, be cut, and lose wake-ups.
 *
 * <p>Safe for many threads.
 */
final class Link implements AutoCloseable {
    private static final int LOST_SECONDS = 5;

    /** How it is. */
    enum Mode {
        OPEN,
        /** Connections stay and new ones are accepted, but nothing comes through until it is open again. */
        SILENT,
        /** Connections break, and so does every new one. */
        CUT
    }

    private final EventLoopGroup loops;
    private final IntSupplier target;
    private final Channel server;
    private final Set<Channel> channels = ConcurrentHashMap.newKeySet();
    private final Set<Channel> waiting = ConcurrentHashMap.newKeySet();
    private volatile Mode mode = Mode.OPEN;
    private volatile @Nullable WakeLoss loss;
    private volatile @Nullable WakeLoss connectionLoss;

    /** @param target the port on loopback that it leads to at present */
    Link(EventLoopGroup loops, IntSupplier target) throws InterruptedException {
        this.loops = loops;
        this.target = target;
        this.server = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accepted(channel);
                    }
                })
                .bind("127.0.0.1", Ports.next())
                .sync()
                .channel();
    }

    int port() {
        return ((java.net.InetSocketAddress) server.localAddress()).getPort();
    }

    Mode mode() {
        return mode;
    }

    void mode(Mode next) {
        mode = next;
        if (next == Mode.CUT) {
            breakAll();
        } else {
            channels.forEach(channel -> channel.config().setAutoRead(next == Mode.OPEN));
        }
        if (next == Mode.OPEN) {
            waiting.forEach(channel -> {
                if (waiting.remove(channel)) {
                    connect(channel);
                }
            });
        }
    }

    /** From now on loses messages of Pub/Sub as {@code how} says; null: none. */
    void lose(@Nullable WakeLoss how) {
        loss = how;
    }

    /** From now on some connections are accepted and lead nowhere, as {@code how} says. */
    void loseConnections(WakeLoss how) {
        connectionLoss = how;
    }

    /** Breaks every connection; new ones go to where it leads now. */
    void breakAll() {
        waiting.forEach(Channel::close);
        channels.forEach(Channel::close);
    }

    private void accepted(Channel channel) {
        WakeLoss how = connectionLoss;
        if (mode == Mode.CUT) {
            channel.close();
        } else if (how != null && how.isLost()) {
            // it does not read, so that it would not see the other side's end
            channel.eventLoop().schedule(() -> channel.close(), LOST_SECONDS, TimeUnit.SECONDS);
        } else if (mode == Mode.SILENT) {
            waiting.add(channel);
            channel.closeFuture().addListener(closed -> waiting.remove(channel));
            if (mode == Mode.OPEN && waiting.remove(channel)) {
                connect(channel);
            }
        } else {
            connect(channel);
        }
    }

    private void connect(Channel channel) {
        ChannelFuture opening = new Bootstrap()
                .group(loops)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 1_000)
                .option(ChannelOption.AUTO_READ, false)
                .handler(new Relay(channel, true))
                .connect("127.0.0.1", target.getAsInt());
        Channel other = opening.channel();
        opening.addListener(opened -> {
            if (!opened.isSuccess()) {
                channel.close();
                return;
            }
            channel.pipeline().addLast(new Relay(other, false));
            for (Channel each : Set.of(channel, other)) {
                channels.add(each);
                each.closeFuture().addListener(closed -> channels.remove(each));
                each.config().setAutoRead(mode == Mode.OPEN);
            }
            if (mode == Mode.CUT) {
                channel.close();
            }
        });
    }

    @Override
    public void close() {
        mode(Mode.CUT);
        server.close();
    }

    private final class Relay extends ChannelInboundHandlerAdapter {
        private final Channel other;
        private final boolean fromTarget;
        private @Nullable PushFilter filter;

        Relay(Channel other, boolean fromTarget) {
            this.other = other;
            this.fromTarget = fromTarget;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            WakeLoss how = loss;
            if (fromTarget && (how != null || filter != null)) {
                if (filter == null) {
                    filter = new PushFilter();
                }
                other.writeAndFlush(filter.pass((io.netty.buffer.ByteBuf) message, how));
            } else {
                other.writeAndFlush(message);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            other.close();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
            context.close();
        }
    }
}
