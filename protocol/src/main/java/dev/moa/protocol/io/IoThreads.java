package dev.moa.protocol.io;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The event loops that all moa ports and connections of a process share: one for two processors, at least one,
 * started when first used, named {@code moa-io-n}, daemons that live as long as the process. Epoll where it loads,
 * else NIO. The system property {@code moa.io.threads} (1 to 256) sets another number. With epoll, a loop that has only
 * connections of callers is lent to a caller that is alone: {@link LendingLoop}.
 *
 * <p>More loops than free processors cost: on 2 processors, one of them the callers', a pipelined call over RESP
 * takes 0.86 µs of processor time with one loop and 1.1 µs with two, which wake each other in vain.
 */
public final class IoThreads {
    private static final String COUNT = "moa.io.threads";
    private static final int MAX_COUNT = 256;
    private static final int PAGE_BYTES = 8 * 1024;
    /** A chunk is a page times two to the power of this: 1 MiB, so that a small process stays small. */
    private static final int CHUNK_ORDER = 7;

    // a class of its own, so that nothing starts before the first use
    private static final class Shared {
        static final boolean EPOLL = Epoll.isAvailable();
        static final EventLoopGroup GROUP = EPOLL && LendingLoop.ENABLED
                ? new MultiThreadIoEventLoopGroup(count(), threads(), ioHandler()) {
                    @Override
                    protected IoEventLoop newChild(Executor executor, IoHandlerFactory handler, Object... args) {
                        return new LendingLoop(this, executor);
                    }
                }
                : new MultiThreadIoEventLoopGroup(count(), threads(), ioHandler());
        static final ByteBufAllocator ALLOCATOR =
                new PooledByteBufAllocator(true, count(), count(), PAGE_BYTES, CHUNK_ORDER);

        private static int count() {
            int count =
                    Integer.getInteger(COUNT, Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
            if (count < 1 || count > MAX_COUNT) {
                throw new IllegalArgumentException("%s: %d (expected: 1 to %d)".formatted(COUNT, count, MAX_COUNT));
            }
            return count;
        }

        private static IoHandlerFactory ioHandler() {
            return EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        }

        private static ThreadFactory threads() {
            AtomicInteger count = new AtomicInteger();
            return task -> {
                Thread thread = new FastThreadLocalThread(task, "moa-io-" + count.incrementAndGet());
                thread.setDaemon(true);
                return thread;
            };
        }
    }

    private IoThreads() {}

    /** Returns the event loops; nobody shuts them down. */
    public static EventLoopGroup group() {
        return Shared.GROUP;
    }

    /**
     * Returns where the channels of {@link #group()} take their buffers: pools of the event loops' own. (Netty's default
     * keeps none for a thread where the heap has 512 MiB or less, and takes each buffer beyond 16 KiB from the operating
     * system: a busy connection's every read.)
     */
    public static ByteBufAllocator allocator() {
        return Shared.ALLOCATOR;
    }

    /** Returns the class of listening channels that fits {@link #group()}. */
    public static Class<? extends ServerSocketChannel> serverChannelType() {
        return Shared.EPOLL ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    /** Returns the class of connecting channels that fits {@link #group()}. */
    public static Class<? extends SocketChannel> channelType() {
        return Shared.EPOLL ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    /** Returns the class of datagram channels that fits {@link #group()}. */
    public static Class<? extends DatagramChannel> datagramChannelType() {
        return Shared.EPOLL ? EpollDatagramChannel.class : NioDatagramChannel.class;
    }
}
