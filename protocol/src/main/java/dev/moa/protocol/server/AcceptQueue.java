package dev.moa.protocol.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Those who have connected to a listening socket and were not accepted yet. Closing the socket resets them, some of
 * whom have sent a request by then, which is lost to a caller who must not send it twice. So before a port stops to
 * listen it refuses newcomers, who learn it before they can send anything, and accepts everybody else.
 */
final class AcceptQueue {

    private static final Logger log = LoggerFactory.getLogger(AcceptQueue.class);

    /**
     * {@code SOL_SOCKET, SO_BINDTOIFINDEX} of Linux: take connections from one network interface alone. One that does
     * not exist makes the kernel refuse who comes from then on; the queue, and who is in the middle of the
     * handshake, stay.
     */
    private static final IntegerUnixChannelOption ONLY_INTERFACE =
            new IntegerUnixChannelOption("SO_BINDTOIFINDEX", 1, 62);

    private static final int NO_INTERFACE = Integer.MAX_VALUE;

    /** Longer than the rest of a handshake takes over most networks; on this machine it is over as it begins. */
    private static final int HANDSHAKE_MS = 200;

    private static final int LOCAL_HANDSHAKE_MS = 5;
    private static final int MAX_ACCEPTED = 1_024;
    /** What Netty's accept writes: a length, an address of at most 16 bytes, scope and port. */
    private static final int MAX_ADDRESS_BYTES = 26;

    private AcceptQueue() {}

    /**
     * Refuses who has not begun to connect yet, where the system can: Linux from 5.7 on.
     *
     * @return for how long, in milliseconds, the socket should still listen, for those who have begun; 0 where newcomers
     *     cannot be refused
     */
    static int refuseNewcomers(Channel listening) {
        if (!(listening instanceof EpollServerSocketChannel epoll) || !epoll.isOpen()) {
            return 0;
        }
        try {
            epoll.config().setOption(ONLY_INTERFACE, NO_INTERFACE);
        } catch (ChannelException e) {
            log.debug("{}: the system cannot refuse newcomers alone", listening, e);
            return 0;
        }
        InetSocketAddress address = epoll.localAddress();
        return address != null && address.getAddress().isLoopbackAddress() ? LOCAL_HANDSHAKE_MS : HANDSHAKE_MS;
    }

    /** Accepts all who are there, at the last moment that there is. */
    static void empty(Channel listening) {
        if (!(listening instanceof EpollServerSocketChannel epoll)
                || !epoll.isOpen()
                || !(epoll.fd() instanceof Socket socket)) {
            return;
        }
        byte[] address = new byte[MAX_ADDRESS_BYTES];
        try {
            for (int i = 0; i < MAX_ACCEPTED; i++) {
                int accepted = socket.accept(address);
                if (accepted < 0) {
                    break;
                }
                listening.pipeline().fireChannelRead(new EpollSocketChannel(accepted));
            }
            // closing takes its time, with classes to load; this stops listening within microseconds of the last accept
            socket.shutdown(true, false);
        } catch (IOException e) {
            log.debug("{}: not all who had just connected could be accepted", listening, e);
        }
        listening.pipeline().fireChannelReadComplete();
    }
}
