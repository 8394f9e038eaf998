package dev.moa.protocol.server;

import dev.moa.protocol.io.IoThreads;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a port, in this order: peers are told; everybody is served on, new connections too, until the quiet
 * time is over or nobody is left who would need it; the port stops to listen; connections end, each between two
 * replies.
 *
 * <p>Frame peers need no quiet time: they confirm that they have heard. Runs on the event loop of the listening
 * channel but for {@link #isHangingUp}.
 */
final class Departure implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(Departure.class);
    private static final long LOOK_MS = 5;
    private static final int MAX_ACCEPTED = 1_024;
    /** What Netty's accept writes: a length, an address of at most 16 bytes, scope and port. */
    private static final int MAX_ADDRESS_BYTES = 26;

    private final PeerBook peers;
    private final Channel listening;
    private final long quietEndsAt;
    private volatile boolean hangingUp;
    private @Nullable ScheduledFuture<?> looking;

    Departure(PeerBook peers, Channel listening, Goodbye goodbye) {
        this.peers = peers;
        this.listening = listening;
        this.quietEndsAt = System.nanoTime() + goodbye.quietTime().toNanos();
    }

    /** Returns whether a connection that comes now has to go at once. */
    boolean isHangingUp() {
        return hangingUp;
    }

    @Override
    public void run() {
        looking = listening.eventLoop().scheduleWithFixedDelay(this::look, 0, LOOK_MS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        if (System.nanoTime() - quietEndsAt < 0 && peers.all().stream().anyMatch(Peer::needsQuiet)) {
            return;
        }
        ScheduledFuture<?> own = looking;
        if (own != null) {
            own.cancel(false);
        }
        hangingUp = true;
        acceptTheRest();
        listening.close();
        peers.all().forEach(Peer::hangUp);
        // those who were accepted last are entered by their own event loops, each in its turn
        for (EventExecutor each : IoThreads.group()) {
            peers.desk().goodbyeBegins();
            each.execute(peers.desk()::goodbyeEnds);
        }
        peers.desk().goodbyeEnds();
    }

    /**
     * Closing a listening socket resets those who have connected and were not accepted yet, some of whom have sent a
     * request. They are accepted here, at the last moment that there is; whoever comes after that is refused before it
     * can send anything.
     */
    private void acceptTheRest() {
        if (!(listening instanceof EpollServerSocketChannel epoll) || !(epoll.fd() instanceof Socket socket)) {
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
            log.debug("{}: not all who had just connected could be accepted: {}", peers.name(), e.toString());
        }
        listening.pipeline().fireChannelReadComplete();
    }
}
