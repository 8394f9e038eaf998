package dev.moa.router.address;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.ServiceName;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One link of the chain that turns a service name into addresses. Safe for many threads.
 *
 * <p>A bean of this type, from whatever configuration is on the class path, is a bridge to another registry: it is asked
 * behind {@code live} and in front of all others, until an operator says another order (docs/routing.md).
 */
public interface AddressSource {

    /** Returns the name of its switch and of the {@code source} of its answers. */
    String name();

    /** Returns one sentence for operators: where its answers come from. */
    String description();

    /** Returns whether {@link #find} answers from memory, so that an event loop may call it. */
    boolean isImmediate();

    /** Asks for a service; returns by the deadline and never throws. */
    Finding find(ServiceName service, Deadline deadline);

    /** Returns the names that it has an answer for in memory, for lists; none where it is only asked by name. */
    default Set<ServiceName> services() {
        return Set.of();
    }

    /**
     * Adds somebody to be told, after the fact, of each service that {@link #find} may answer otherwise now: a long poll,
     * a Sentinel subscriber and HAProxy then look again. The listener returns at once and never throws; it may be told
     * too often and on any thread. A source that cannot tell leaves this out: its changes are seen by those who ask.
     */
    default void onChange(Consumer<ServiceName> listener) {}
}
