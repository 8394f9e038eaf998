package dev.moa.dev.process;

/** Where a child process is in its life. */
public enum ChildStatus {
    /** Waits for its turn to start. */
    WAITING,
    /** Runs, not yet healthy. */
    STARTING,
    HEALTHY,
    /** Runs and was healthy, but its health check fails. */
    UNHEALTHY,
    /** Died; will be started again. */
    RESTARTING,
    /** Died too often; the supervisor gave up. */
    FAILED,
    STOPPED
}
