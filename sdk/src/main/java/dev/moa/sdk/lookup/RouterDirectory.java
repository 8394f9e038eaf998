package dev.moa.sdk.lookup;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.client.ConnectionOptions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Asks the routers, over moa frames: one long poll for all services that are watched. */
public final class RouterDirectory implements Directory, AutoCloseable {

    /** @param addresses moa ports of routers as {@code host:port}; any of them will do */
    public RouterDirectory(List<String> addresses, ConnectionOptions options) {}

    @Override
    public CompletableFuture<ServiceAnswer> lookup(ServiceName service, Deadline deadline) {
        return CompletableFuture.failedFuture(new MoaException(StatusCode.UNAVAILABLE, "no router can be asked yet"));
    }

    @Override
    public AutoCloseable watch(ServiceName service, Consumer<ServiceAnswer> listener) {
        return () -> {};
    }

    /** Ends the watch and closes the connection. */
    @Override
    public void close() {}
}
