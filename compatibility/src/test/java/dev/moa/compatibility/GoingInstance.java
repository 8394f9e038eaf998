package dev.moa.compatibility;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An instance that goes while a client calls it, and the second one that its callers find then. */
final class GoingInstance implements AutoCloseable {

    /** What the programs wait at least between two calls. */
    private static final long PAUSE_MS = 20;

    private final GreeterInstance first;
    private final int port;
    private @Nullable GreeterInstance second;
    private long wentMs;

    private GoingInstance(GreeterInstance first, @Nullable GreeterInstance second) {
        this.first = first;
        this.port = first.port();
        this.second = second;
    }

    /** The second instance starts at the same port as soon as the first has ended. */
    static GoingInstance thatRestarts() {
        return new GoingInstance(GreeterInstance.open("first"), null);
    }

    /**
     * The second instance runs somewhere else, which the first names to those who want to know.
     *
     * @param sameHost whether it runs at another port of this host, or at the same port of another host
     */
    static GoingInstance thatNamesAnother(boolean sameHost) {
        String host = sameHost ? "127.0.0.1" : "127.0.0.2";
        GreeterInstance second = GreeterInstance.at(host, 0, "second", List.of());
        InetSocketAddress address = InetSocketAddress.createUnresolved(host, second.port());
        int port = sameHost ? 0 : second.port();
        return new GoingInstance(GreeterInstance.at("127.0.0.1", port, "first", List.of(address)), second);
    }

    int port() {
        return port;
    }

    /** Drains and ends the first instance; there is a second one when this returns. */
    void go() {
        long startedAt = System.nanoTime();
        first.close();
        if (second == null) {
            second = GreeterInstance.at("127.0.0.1", port, "second", List.of());
        }
        wentMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedAt);
    }

    /**
     * Returns how many calls may have failed: one that has lost its connection, and those of the time in which nothing
     * listened. The first instance serves all in its quiet time, unless it ends before because it has no connections.
     */
    long excused() {
        long quietMs = GreeterInstance.QUIET_TIME.toMillis();
        return 2 + (wentMs < quietMs ? wentMs : wentMs - quietMs) / PAUSE_MS;
    }

    @Override
    public void close() {
        first.close();
        GreeterInstance last = second;
        if (last != null) {
            last.close();
        }
    }
}
