package dev.moa.dev.process;

/** Asks a running process how it is. Answers within about a second and never throws. */
@FunctionalInterface
public interface HealthCheck {
    Health check();

    /** For processes that have no port: alive is healthy. */
    static HealthCheck alive() {
        return () -> Health.good("running");
    }
}
