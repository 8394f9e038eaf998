package dev.moa.protocol.client;

import dev.moa.protocol.MoaException;
import io.netty.util.collection.LongObjectHashMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The pings of a connection: those that somebody waits for, and the one that asks a silent peer whether it is still
 * there. Belongs to the event loop.
 */
final class Pings {

    private static final int MAX = 1_024;

    private final LongObjectHashMap<CompletableFuture<Void>> waiting = new LongObjectHashMap<>();
    private long heardNanos = System.nanoTime();
    private boolean asked;
    private boolean ended;

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

    /**
     * Begins to watch the peer: one that has been silent is asked, one that stays silent has gone, whatever TCP says.
     *
     * @param ask sends a PING, also to a peer that talks, which counts on hearing something from this end; returns
     *     whether it has
     * @param gone takes the reason, once
     */
    void watch(ScheduledExecutorService loop, Duration every, BooleanSupplier ask, Consumer<String> gone) {
        heard();
        look(loop, every, ask, gone);
    }

    private void look(ScheduledExecutorService loop, Duration every, BooleanSupplier ask, Consumer<String> gone) {
        loop.schedule(
                () -> {
                    if (ended) {
                        return;
                    }
                    if (asked) {
                        gone.accept("it has been silent for %d ms and did not answer a ping"
                                .formatted(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - heardNanos)));
                        return;
                    }
                    asked = ask.getAsBoolean();
                    look(loop, every, ask, gone);
                },
                every.toNanos(),
                TimeUnit.NANOSECONDS);
    }

    /** The connection has ended. */
    void end(MoaException reason) {
        ended = true;
        new ArrayList<>(waiting.values()).forEach(answer -> answer.completeExceptionally(reason));
    }
}
