package dev.moa.benchmarks;

import dev.moa.sdk.annotation.NonBlocking;

/** {@code /service/bench}: what the benchmarks call. */
public interface BenchService {

    /** Greets, on the event loop. */
    @NonBlocking
    String hello(String name);

    /** Greets, on a thread of its own. */
    String helloOnThread(String name);

    /** Answers after {@code milliseconds}. */
    String slow(long milliseconds) throws InterruptedException;

    /** Returns what this process has used. */
    Usage usage();
}
