package dev.moa.sdk.lookup;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.ServiceName;
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
}
