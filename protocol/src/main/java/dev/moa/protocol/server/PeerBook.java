package dev.moa.protocol.server;

import io.netty.channel.Channel;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connections of a port: how many there may be, who they are, and which have to go. */
final class PeerBook {

    private static final Logger log = LoggerFactory.getLogger(PeerBook.class);

    /** A peer that reads nothing of what it asked for is given up after this time. */
    private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final CallDesk desk;
    private final String name;
    private final ConcurrentMap<Long, Peer> peers = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong ids = new AtomicLong();
    private volatile int port;
    private volatile Supplier<String> moreForOperators = () -> "";

    PeerBook(CallDesk desk, String name) {
        this.desk = desk;
        this.name = name;
    }

    /** Enters a connection; returns null if the port is full. */
    @Nullable
    Peer enter(Channel channel) {
        if (count.incrementAndGet() > desk.limits().maxConnections()) {
            count.decrementAndGet();
            return null;
        }
        Peer peer = new Peer(ids.incrementAndGet(), desk, channel);
        peers.put(peer.id(), peer);
        return peer;
    }

    void leave(Peer peer) {
        if (peers.remove(peer.id()) != null) {
            count.decrementAndGet();
        }
    }

    /** Closes the connections that have overstayed. */
    void sweep() {
        long now = System.nanoTime();
        long handshakeNanos = desk.limits().handshakeTimeout().toNanos();
        long idleNanos = desk.limits().idleTimeout().toNanos();
        for (Peer peer : peers.values()) {
            String complaint = peer.complaint(now, handshakeNanos, idleNanos, STALL_NANOS);
            if (complaint != null) {
                log.info("{}: the connection with {} is closed: {}", name, peer.address(), complaint);
                peer.channel().close();
            }
        }
    }

    Collection<Peer> all() {
        return peers.values();
    }

    int count() {
        return count.get();
    }

    CallDesk desk() {
        return desk;
    }

    String name() {
        return name;
    }

    /** Returns what the port's owner adds to what operators see. */
    String moreForOperators() {
        return moreForOperators.get();
    }

    void moreForOperators(Supplier<String> lines) {
        moreForOperators = lines;
    }

    int port() {
        return port;
    }

    void port(int newPort) {
        port = newPort;
    }
}
