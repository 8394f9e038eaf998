package dev.moa.router.chain;

import dev.moa.router.address.LookupFilter;
import dev.moa.router.address.ServiceView;
import dev.moa.router.address.Stamp;

/** How a lookup ended. */
public sealed interface LookupAnswer {

    /**
     * A source answered.
     *
     * @param source its name
     * @param ageMs milliseconds since the answer was last known to be right
     */
    record Found(String source, ServiceView view, long ageMs) implements LookupAnswer {
        /** Returns the answer as JSON, with the weights that young instances have at a moment. */
        public byte[] json(LookupFilter filter, long nowMs) {
            return view.json(source, ageMs, filter, nowMs);
        }

        /** Returns which answer it is. */
        public Stamp stamp() {
            return view.stamp();
        }
    }

    /** Every source that could say says that there is no such service. */
    record Unknown(String message) implements LookupAnswer {}

    /** Nobody answered, and somebody who might know could not be asked. */
    record Undecided(String message) implements LookupAnswer {}
}
