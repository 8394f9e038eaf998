package dev.moa.examples.helloworld;

import dev.moa.sdk.annotation.Idempotent;
import dev.moa.sdk.annotation.NonBlocking;

/** {@code /service/helloworld}. */
public interface HelloWorld {

    /** Greets {@code name}. */
    @NonBlocking
    @Idempotent
    String hello(String name);

    /** Answers after {@code milliseconds}, at most 10,000: a slow method to try deadlines on. */
    String slow(long milliseconds) throws InterruptedException;

    /** Always throws a {@link Refused}: a failure to look at. */
    String refuse(String reason) throws Refused;

    /** A declared exception: its type and fields reach the caller in {@code details}. */
    final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        private final String reason;

        public Refused(String reason) {
            super("refused: " + reason);
            this.reason = reason;
        }

        public String getReason() {
            return reason;
        }
    }
}
