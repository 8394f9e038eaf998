package dev.moa.benchmarks.chaos;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Hands out ports that are free and stay so: below the range from which the system takes those of outgoing
 * connections, which could take a port while its part is down.
 */
final class Ports {
    private static final int FIRST = 12_000;
    private static final int LAST = 32_000;
    private static final AtomicInteger next =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(FIRST, LAST - 8_000));

    private Ports() {}

    static int next() {
        for (int port = next.incrementAndGet(); port < LAST; port = next.incrementAndGet()) {
            if (dev.moa.dev.process.Ports.isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port below " + LAST);
    }
}
