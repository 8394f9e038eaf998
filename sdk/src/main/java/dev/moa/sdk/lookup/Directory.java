package dev.moa.sdk.lookup;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Knows where the instances of services are. Safe for many threads; nothing here blocks. */
public interface Directory {

    /**
     * Asks for the instances of a service. Fails with {@link dev.moa.protocol.MoaException}: NOT_FOUND if nobody
     * knows the service, UNAVAILABLE or DEADLINE_EXCEEDED if nobody could be asked.
     */
    CompletableFuture<ServiceAnswer> lookup(ServiceName service, Deadline deadline);

    /**
     * Tells {@code listener} of the service's instances now, as soon as they are known, and at each change, one
     * answer after the other. The listener must not block. Closing the returned handle ends it.
     */
    AutoCloseable watch(ServiceName service, Consumer<ServiceAnswer> listener);

    /**
     * Asks for the names of all services that have instances, sorted. Fails with
     * {@link dev.moa.protocol.MoaException}: UNAVAILABLE or DEADLINE_EXCEEDED if nobody could be asked, UNIMPLEMENTED,
     * the default, where only single services can be asked for.
     */
    default CompletableFuture<List<ServiceName>> services(Deadline deadline) {
        return CompletableFuture.failedFuture(
                new MoaException(StatusCode.UNIMPLEMENTED, getClass().getSimpleName() + " lists no services"));
    }
}
