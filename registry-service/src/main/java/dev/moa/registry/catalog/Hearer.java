package dev.moa.registry.catalog;

import dev.moa.protocol.ServiceName;

/** Hears of registrations made by this process, sooner than by the wake-up, which says the same again. */
public interface Hearer {
    /** Wants to hear of nothing. */
    Hearer NOBODY = new Hearer() {
        @Override
        public boolean isWatched(ServiceName service) {
            return false;
        }

        @Override
        public void hear(String wake) {}
    };

    /** Returns whether it wants to hear of changes of a service. */
    boolean isWatched(ServiceName service);

    /** Hears a change, in the words of its wake-up; by any thread, an event loop's too, so it must not wait. */
    void hear(String wake);
}
