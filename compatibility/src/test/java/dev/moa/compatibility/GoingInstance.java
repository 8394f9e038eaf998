package dev.moa.compatibility;

import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An instance that goes while a client calls it, and the second one that its callers find then. */
final class GoingInstance implements AutoCloseable {

    private final GreeterInstance first;
    private final int port;
    private @Nullable GreeterInstance second;

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
        first.close();
        if (second == null) {
            second = GreeterInstance.at("127.0.0.1", port, "second", List.of());
        }
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
