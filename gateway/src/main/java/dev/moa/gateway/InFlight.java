package dev.moa.gateway;

import java.util.concurrent.atomic.AtomicInteger;

/** How many requests are being served at once, and the most that may be. Safe for many threads. */
public final class InFlight {

    private final int limit;
    private final AtomicInteger count = new AtomicInteger();

    public InFlight(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("in flight: %d (expected: >= 1)".formatted(limit));
        }
        this.limit = limit;
    }

    /** Takes a place; false means that all are taken. Who took one gives it back by {@link #leave()}. */
    public boolean enter() {
        if (count.incrementAndGet() <= limit) {
            return true;
        }
        count.decrementAndGet();
        return false;
    }

    public void leave() {
        count.decrementAndGet();
    }

    public int count() {
        return count.get();
    }

    public int limit() {
        return limit;
    }
}
