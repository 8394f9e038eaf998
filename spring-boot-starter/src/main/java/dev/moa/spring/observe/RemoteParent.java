package dev.moa.spring.observe;

import org.jspecify.annotations.Nullable;

/** Makes the place in a trace that a caller gave by hand the parent of what starts meanwhile on this thread. */
@FunctionalInterface
interface RemoteParent {

    /** Ends it. */
    @FunctionalInterface
    interface Scope extends AutoCloseable {
        @Override
        void close();
    }

    /** Where nothing traces. */
    RemoteParent NONE = traceparent -> () -> {};

    Scope enter(@Nullable String traceparent);
}
