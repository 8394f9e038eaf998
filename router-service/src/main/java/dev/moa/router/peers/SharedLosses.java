package dev.moa.router.peers;

import dev.moa.protocol.ServiceName;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.router.chain.Lookup;
import dev.moa.router.live.LiveView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * While a store is suspected, asks the other routers about twice a second whom they hold, where that is others than
 * here. A router that was cut off when somebody left, and has its store back as an emptied one, would hold the one who
 * left; and one that came back later would hold everybody longer than the others do. The thread is named
 * {@code router-losses-1}.
 */
public final class SharedLosses implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SharedLosses.class);

    /** Most services are whole again after a moment: there is nothing to ask. */
    private static final long PAUSE_MS = 400;

    private static final long PATIENCE_MS = 1_000;

    /** Services that one question names; the next one names those behind them. */
    private static final int PAGE = 200;

    private final LiveView live;
    private final PeerBook peers;
    private final AtomicBoolean queued = new AtomicBoolean();
    private @Nullable ServiceName asked; // of the worker
    private final ScheduledExecutorService worker = new ScheduledThreadPoolExecutor(
            1,
            work -> {
                Thread thread = new Thread(work, "router-losses-1");
                thread.setDaemon(true);
                return thread;
            },
            new ThreadPoolExecutor.DiscardPolicy());

    public SharedLosses(LiveView live, Lookup lookup, ConnectionOptions options) {
        this.live = live;
        this.peers = new PeerBook(lookup, options);
    }

    public void start() {
        live.onChange(service -> {
            if (live.isSuspected(service)) {
                askSoon();
            }
        });
    }

    private void askSoon() {
        if (queued.compareAndSet(false, true)) {
            worker.schedule(
                    () -> {
                        queued.set(false);
                        try {
                            ask();
                        } catch (RuntimeException | ExecutionException | TimeoutException failure) {
                            log.debug("other routers are asked again whom they hold: {}", failure.toString());
                        } catch (InterruptedException stopping) {
                            Thread.currentThread().interrupt();
                            return;
                        }
                        if (!live.suspected().isEmpty()) {
                            askSoon();
                        }
                    },
                    PAUSE_MS,
                    TimeUnit.MILLISECONDS);
        }
    }

    private void ask() throws InterruptedException, ExecutionException, TimeoutException {
        Map<ServiceName, String> marks = live.suspectedMarks(asked, PAGE).get(PATIENCE_MS, TimeUnit.MILLISECONDS);
        asked = marks.size() < PAGE
                ? null
                : marks.keySet().stream().max(Comparator.naturalOrder()).orElse(null);
        if (marks.isEmpty()) {
            return;
        }
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        peers.registered()
                .forEach((address, peer) ->
                        answers.add(peer.losses(marks).thenAccept(live::agree).exceptionally(silent -> null)));
        // what a silent one says later still counts; who is silent is told by the comparison of routers
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get(PATIENCE_MS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        worker.shutdownNow();
        try {
            worker.awaitTermination(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        peers.close();
    }
}
