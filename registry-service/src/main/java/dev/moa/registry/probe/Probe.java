package dev.moa.registry.probe;

import java.time.Duration;

/** A look at an address from here. Blocks, at most for the timeout. */
public interface Probe {

    /** What a probe found. */
    enum Outcome {
        /** Somebody listens. */
        ACCEPTED,
        /** The host answers that nobody listens there: proof of death. */
        REFUSED,
        /** No answer: proves nothing. */
        SILENT
    }

    /** Looks once. */
    Outcome look(String host, int port, Duration timeout);
}
