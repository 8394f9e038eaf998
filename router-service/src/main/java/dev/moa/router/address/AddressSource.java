package dev.moa.router.address;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.ServiceName;

/** One link of the chain that turns a service name into addresses. Safe for many threads. */
public interface AddressSource {

    /** Returns the name of its switch and of the {@code source} of its answers. */
    String name();

    /** Returns one sentence for operators: where its answers come from. */
    String description();

    /** Returns whether {@link #find} answers from memory, so that an event loop may call it. */
    boolean isImmediate();

    /** Asks for a service; returns by the deadline and never throws. */
    Finding find(ServiceName service, Deadline deadline);
}
