package dev.moa.protocol.server;

import dev.moa.protocol.Caller;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The other end of one connection, whatever it speaks. The event loop writes; the port's sweep reads from another
 * thread, and a value that is a moment old does it no harm.
 */
final class Peer {

    private static final SocketAddress GONE = InetSocketAddress.createUnresolved("gone", 0);

    /**
     * A client that has begun to call needs less than this many looks, {@value #LOOK_MS} ms from each other, until its
     * request is here. Looks and not time are counted: while the machine stands still, the client does too.
     */
    private static final int IDLE_LOOKS = 10;

    private static final int LOOK_MS = 50;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(LOOK_MS);

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
    private boolean owesGoodbye;
    private final AtomicBoolean hungUp = new AtomicBoolean();
    private volatile @Nullable Farewell farewell;
    private volatile String protocol = "?";
    private volatile @Nullable LongSupplier inputBytes;
    // not volatile: written with every command, and to be a moment old does no harm
    private String command = "NULL";
    private volatile int queued = -1;
    private volatile int respVersion = 2;
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

    /** Returns the address as {@code host:port}. */
    String addressText() {
        return text(address);
    }

    /** Returns this end's address as {@code host:port}. */
    String localAddressText() {
        return text(channel.localAddress());
    }

    private static String text(@Nullable SocketAddress address) {
        String text = String.valueOf(address);
        return text.startsWith("/") ? text.substring(1) : text;
    }

    /** Returns the host alone. */
    String host() {
        return address instanceof InetSocketAddress known ? known.getHostString() : "";
    }

    /** Returns the bytes of replies that wait until the peer reads; from any thread, a moment old. */
    long outboundBytes() {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        return waiting == null ? 0 : waiting.totalPendingWriteBytes();
    }

    /** Returns whether the peer may look at, and end, what others have here: anybody where no token is asked for. */
    boolean isOperator() {
        Caller known = caller;
        return !desk.authenticator().isRequired() || (known != null && known.role() == Caller.Role.OPERATOR);
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

    /** What it speaks, and how it is told that the port goes. */
    void speaks(String newProtocol, Farewell newFarewell) {
        protocol = newProtocol;
        farewell = newFarewell;
    }

    /** Sets who knows how many bytes of a command that is not whole yet are here. */
    void input(LongSupplier bytes) {
        inputBytes = bytes;
    }

    long inputBytes() {
        LongSupplier known = inputBytes;
        return known == null ? 0 : known.getAsLong();
    }

    /** Sets what it asked for last, in Redis' spelling: {@code get}, {@code client|list}. */
    void command(String newCommand) {
        command = newCommand;
    }

    String command() {
        return command;
    }

    /** Sets the commands since MULTI; -1 outside of one. */
    void queued(int commands) {
        queued = commands;
    }

    int queued() {
        return queued;
    }

    void respVersion(int version) {
        respVersion = version;
    }

    int respVersion() {
        return respVersion;
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

    /** Returns whether a port that goes should wait a while for it to leave by itself. */
    boolean needsQuiet() {
        return !protocol.equals(FrameConnection.PROTOCOL);
    }

    void goAway(Goodbye goodbye) {
        desk.goodbyeBegins();
        loop().execute(() -> {
            Farewell now = farewell;
            if (now == null) {
                desk.goodbyeEnds();
            } else {
                now.goAway(goodbye);
            }
        });
    }

    /**
     * Ends the connection between two replies. Who has been active a moment ago may be sending right now: it ends
     * behind the answer to that, or when the moment has passed. A second one does nothing.
     */
    void hangUp() {
        if (hungUp.compareAndSet(false, true)) {
            desk.goodbyeBegins();
            boolean isLongIdle = System.nanoTime() - activeNanos > IDLE_LOOKS * LOOK_NANOS;
            loop().execute(() -> {
                owesGoodbye = true;
                // not in this turn of the loop: what has come by now is read first
                askLater(1, isLongIdle ? IDLE_LOOKS - 1 : 0, activeNanos);
            });
        }
    }

    private void askLater(long afterMs, int idleLooks, long activeBefore) {
        loop().schedule(() -> askToEnd(idleLooks, activeBefore), afterMs, TimeUnit.MILLISECONDS);
    }

    private void askToEnd(int idleLooks, long activeBefore) {
        Farewell now = farewell;
        long active = activeNanos;
        int looks = active == activeBefore ? idleLooks : 0;
        if (now == null || !channel.isActive()) {
            channel.close();
            goodbyeSaid();
        } else if (owesGoodbye) {
            now.hangUp(looks >= IDLE_LOOKS);
            if (owesGoodbye) {
                askLater(LOOK_MS, looks + 1, active);
            }
        }
    }

    /** It has been told the end, or is gone: no further call of it will be taken. On the event loop. */
    void goodbyeSaid() {
        if (owesGoodbye) {
            owesGoodbye = false;
            desk.goodbyeEnds();
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

    boolean isBusy() {
        return busy;
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
