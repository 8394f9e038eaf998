package dev.moa.benchmarks;

import dev.moa.sdk.annotation.Idempotent;
import dev.moa.sdk.annotation.NonBlocking;

/** {@code /service/node}: a node whose health its tester decides. */
public interface NodeService {

    /** Takes as long as the node takes now, or fails as it does. */
    @Idempotent
    String work() throws InterruptedException;

    /** Makes the node take so long, and fail or not. */
    @NonBlocking
    void become(long tookMs, boolean fails);

    /** Returns the calls of {@link #work()} that came in so far. */
    @NonBlocking
    long served();
}
