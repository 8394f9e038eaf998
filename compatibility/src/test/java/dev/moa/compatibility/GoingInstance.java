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
        return new GoingInstance(GreeterInstance.open("first", List.of()), null);
    }

    /** The second instance runs at another port, which the first names to those who want to know. */
    static GoingInstance thatNamesAnother() {
        GreeterInstance second = GreeterInstance.open("second", List.of());
        InetSocketAddress address = InetSocketAddress.createUnresolved("127.0.0.1", second.port());
        return new GoingInstance(GreeterInstance.open("first", List.of(address)), second);
    }

    int port() {
        return port;
    }

    /** Drains and ends the first instance; there is a second one when this returns. */
    void go() {
        first.close();
        if (second == null) {
            second = GreeterInstance.at(port, "second");
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
