package dev.moa.protocol.server;

import dev.moa.protocol.Caller;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The other end of one connection, whatever it speaks. The event loop writes; the port's sweep reads from another
 * thread, and a value that is a moment old does it no harm.
 */
final class Peer {

    private static final SocketAddress GONE = InetSocketAddress.createUnresolved("gone", 0);

    private final long id;
    private final CallDesk desk;
    private final Channel channel;
    private final SocketAddress address;
    private final long acceptedNanos = System.nanoTime();

    private volatile @Nullable Caller caller;
    private volatile boolean admitted;
    private volatile long activeNanos = acceptedNanos;
    private volatile long stalledNanos;
    private volatile boolean busy;
    private volatile long maxSilenceNanos = Long.MAX_VALUE;
    private volatile @Nullable Runnable goAway;
    private volatile String protocol = "?";
    private volatile String name = "";
    private volatile String libraryName = "";
    private volatile String libraryVersion = "";

    Peer(long id, CallDesk desk, Channel channel) {
        this.id = id;
        this.desk = desk;
        this.channel = channel;
        SocketAddress remote = channel.remoteAddress();
        this.address = remote == null ? GONE : remote;
        this.admitted = !desk.authenticator().isRequired();
    }

    long id() {
        return id;
    }

    CallDesk desk() {
        return desk;
    }

    Channel channel() {
        return channel;
    }

    EventLoop loop() {
        return channel.eventLoop();
    }

    SocketAddress address() {
        return address;
    }

    @Nullable
    Caller caller() {
        return caller;
    }

    /** Returns whether it may call: it has shown its token, or the port asks for none. */
    boolean isAdmitted() {
        return admitted;
    }

    void admit(@Nullable Caller as) {
        caller = as;
        admitted = true;
    }

    /** Forgets who it is, as RESET does. */
    void forget() {
        caller = null;
        admitted = !desk.authenticator().isRequired();
    }

    String protocol() {
        return protocol;
    }

    /** What it speaks, and what to do once the port goes away, on the event loop, after a goodbye has begun. */
    void speaks(String newProtocol, @Nullable Runnable onGoAway) {
        protocol = newProtocol;
        goAway = onGoAway;
    }

    String name() {
        return name;
    }

    void name(String newName) {
        name = newName;
    }

    /** What CLIENT SETINFO has said of the library that it uses. */
    void library(String newName, String newVersion) {
        libraryName = newName;
        libraryVersion = newVersion;
    }

    String libraryName() {
        return libraryName;
    }

    String libraryVersion() {
        return libraryVersion;
    }

    void goAway() {
        Runnable action = goAway;
        if (action != null) {
            desk.goodbyeBegins();
            loop().execute(action);
        }
    }

    void active() {
        activeNanos = System.nanoTime();
    }

    /** The peer has promised to send something at least this often; else it is gone, whatever TCP says. */
    void maxSilence(long nanos) {
        maxSilenceNanos = nanos;
    }

    void busy(boolean callsInFlight) {
        busy = callsInFlight;
    }

    void stalled(boolean outboundIsFull) {
        stalledNanos = outboundIsFull ? Math.max(1, System.nanoTime() - acceptedNanos) : 0;
    }

    long ageSeconds(long now) {
        return (now - acceptedNanos) / 1_000_000_000L;
    }

    long idleSeconds(long now) {
        return Math.max(0, now - activeNanos) / 1_000_000_000L;
    }

    /** Returns why the connection should not stay, or null if nothing is wrong with it. */
    @Nullable
    String complaint(long now, long handshakeNanos, long idleNanos, long stallNanos) {
        if (!admitted && now - acceptedNanos > handshakeNanos) {
            return "no token within the handshake timeout";
        }
        if (idleNanos > 0 && !busy && now - activeNanos > idleNanos) {
            return "idle for longer than the idle timeout";
        }
        if (now - activeNanos > maxSilenceNanos) {
            return "silent for longer than it promised";
        }
        long since = stalledNanos;
        if (since > 0 && now - acceptedNanos - since > stallNanos) {
            return "does not read its replies";
        }
        return null;
    }
}
