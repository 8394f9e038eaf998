package dev.moa.dev.process;

/**
 * What is known of a child process at one moment.
 *
 * @param pid its process id, 0 while it does not run
 * @param pidStartedAtMs when the system says that this process began: tells a process from a later one of the same id
 * @param restarts how often it was started again
 * @param readyMs how long its last start took until it was healthy; 0 before that
 * @param detail what its last health check saw, or how it died
 */
public record ChildState(
        String name, ChildStatus status, long pid, long pidStartedAtMs, int restarts, long readyMs, String detail) {}
