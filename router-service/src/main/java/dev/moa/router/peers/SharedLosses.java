package dev.moa.router.peers;

import dev.moa.protocol.ServiceName;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.router.chain.Lookup;
import dev.moa.router.live.LiveView;
import dev.moa.router.live.Loss;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * While a store is suspected, asks the other routers twice a second whom they hold. A router that was cut off when
 * somebody left, and has its store back as an emptied one, would hold the one who left; and one that came back later
 * would hold everybody longer than the others do. The thread is named {@code router-losses-1}.
 */
public final class SharedLosses implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SharedLosses.class);
    private static final long AGAIN_MS = 500;

    /** Services that one question names. */
    private static final int PAGE = 500;

    private final LiveView live;
    private final PeerBook peers;
    private final AtomicBoolean queued = new AtomicBoolean();
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
                askIn(0);
            }
        });
    }

    private void askIn(long ms) {
        if (queued.compareAndSet(false, true)) {
            worker.schedule(
                    () -> {
                        queued.set(false);
                        try {
                            ask();
                        } catch (RuntimeException failure) {
                            log.warn("other routers cannot be asked whom they hold: {}", failure.toString());
                        }
                        if (!live.suspected().isEmpty()) {
                            askIn(AGAIN_MS);
                        }
                    },
                    ms,
                    TimeUnit.MILLISECONDS);
        }
    }

    private void ask() {
        List<ServiceName> suspected = List.copyOf(live.suspected());
        for (int from = 0; from < suspected.size(); from += PAGE) {
            List<ServiceName> page = suspected.subList(from, Math.min(suspected.size(), from + PAGE));
            List<CompletableFuture<List<Loss>>> asked = new ArrayList<>();
            peers.registered().forEach((address, peer) -> asked.add(peer.losses(page)));
            for (CompletableFuture<List<Loss>> answer : asked) {
                try {
                    live.agree(answer.join());
                } catch (CompletionException silent) {
                    log.debug("another router does not say whom it holds: {}", silent.toString());
                }
            }
        }
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
