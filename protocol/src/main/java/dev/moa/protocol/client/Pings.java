package dev.moa.protocol.client;

import dev.moa.protocol.MoaException;
import io.netty.util.collection.LongObjectHashMap;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The pings of a connection: those that somebody waits for, and the one that asks a silent peer whether it is still
 * there. Belongs to the event loop.
 */
final class Pings {

    private static final int MAX = 1_024;

    private final LongObjectHashMap<CompletableFuture<Void>> waiting = new LongObjectHashMap<>();
    private long heardNanos = System.nanoTime();
    private boolean asked;

    /** Returns whether as many wait as may. */
    boolean isFull() {
        return waiting.size() >= MAX;
    }

    void add(long stream, CompletableFuture<Void> answer) {
        waiting.put(stream, answer);
    }

    void remove(long stream) {
        waiting.remove(stream);
    }

    void answered(long stream) {
        CompletableFuture<Void> answer = waiting.remove(stream);
        if (answer != null) {
            answer.complete(null);
        }
    }

    /** The peer has sent something, whatever it was. */
    void heard() {
        asked = false;
        heardNanos = System.nanoTime();
    }

    /** The peer is asked whether it is still there. */
    void ask() {
        asked = true;
    }

    /** Returns whether nothing has come since the peer was asked. */
    boolean isUnanswered() {
        return asked;
    }

    long silentMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - heardNanos);
    }

    void fail(MoaException failure) {
        new ArrayList<>(waiting.values()).forEach(answer -> answer.completeExceptionally(failure));
    }
}
