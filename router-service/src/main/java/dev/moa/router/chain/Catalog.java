package dev.moa.router.chain;

import dev.moa.protocol.ServiceName;
import java.util.Set;

/** The names of all services that some source in memory has an answer for. */
@FunctionalInterface
public interface Catalog {

    /** Returns the names, sorted. */
    Set<ServiceName> services();
}
