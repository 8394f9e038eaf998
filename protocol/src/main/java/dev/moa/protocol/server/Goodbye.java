package dev.moa.protocol.server;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a port goes: what it tells its peers, and how long it waits for them.
 *
 * @param successors where callers may go instead, best all that serve the same services; empty where unknown. A host
 *     that has a colon in it is passed over, as no Redis client could read it
 * @param quietTime how long everybody is still served while they move, new connections too; the port waits no longer
 *     than until they are gone. Zero means that connections end at once, each behind its last answer
 */
public record Goodbye(List<InetSocketAddress> successors, Duration quietTime) {

    /** Within this time, in seconds, a Redis client that was told where to go opens further connections there too. */
    private static final int MOVING_SECONDS = 10;

    /** @throws IllegalArgumentException if the time is negative */
    public Goodbye {
        if (quietTime.isNegative()) {
            throw new IllegalArgumentException("quietTime: %s (expected: >= 0)".formatted(quietTime));
        }
        successors = successors.stream()
                .filter(each -> !each.getHostString().contains(":"))
                .toList();
    }

    /** Returns the goodbye of a port that knows of no other and waits for nobody but the calls in flight. */
    public static Goodbye now() {
        return new Goodbye(List.of(), Duration.ZERO);
    }

    /**
     * Returns {@code host:port} of the one that a peer should go to, the same for all that share {@code key}, so
     * that the connections of one pool stay together; null if none is known.
     */
    @Nullable
    String successorOf(String key) {
        if (successors.isEmpty()) {
            return null;
        }
        InetSocketAddress chosen = successors.get(Math.floorMod(key.hashCode(), successors.size()));
        return chosen.getHostString() + ':' + chosen.getPort();
    }

    /**
     * Returns what tells this goodbye from those of other ports: clients pass over a number and an address that they
     * have heard already.
     */
    long number() {
        return System.identityHashCode(this) & 0x7fffffffL;
    }

    /** Returns how long, in seconds, the successor stands in for the port. */
    long movingSeconds() {
        return Math.max(MOVING_SECONDS, quietSeconds());
    }

    /** Returns the quiet time in whole seconds, at least 1. */
    long quietSeconds() {
        return Math.max(1, (quietTime.toMillis() + 999) / 1_000);
    }
}
