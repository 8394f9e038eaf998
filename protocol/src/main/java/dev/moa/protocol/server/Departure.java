package dev.moa.protocol.server;

import dev.moa.protocol.io.IoThreads;
import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The end of a port, in this order: peers are told; everybody is served on, new connections too, until the quiet
 * time is over or nobody is left who would need it; newcomers are refused, and those who have connected already are
 * accepted; the port stops to listen; connections end, each between two replies.
 *
 * <p>Frame peers need no quiet time: they confirm that they have heard. Runs on the event loop of the listening
 * channel but for {@link #isHangingUp}.
 */
final class Departure implements Runnable {

    private static final long LOOK_MS = 5;

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
        peers.all().forEach(Peer::hangUp);
        long graceMs = AcceptQueue.refuseNewcomers(listening);
        listening.eventLoop().schedule(this::stopListening, graceMs, TimeUnit.MILLISECONDS);
    }

    private void stopListening() {
        AcceptQueue.empty(listening);
        listening.close();
        // those who were accepted last are entered by their own event loops, each in its turn
        for (EventExecutor each : IoThreads.group()) {
            peers.desk().goodbyeBegins();
            each.execute(peers.desk()::goodbyeEnds);
        }
        peers.desk().goodbyeEnds();
    }
}
