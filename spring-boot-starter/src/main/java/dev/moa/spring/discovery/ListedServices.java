package dev.moa.spring.discovery;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.ServiceName;
import dev.moa.sdk.lookup.Directory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.context.ApplicationEventPublisher;
import reactor.core.publisher.Mono;

/**
 * The ids of all services, as a router listed them last. It is asked when somebody first wants them, and then every
 * {@code moa.discovery.refresh}; a list that has changed is told as a {@link HeartbeatEvent}, by which a gateway makes
 * its routes anew. Without an answer the last list stands, and before the first one what this application asked for.
 */
final class ListedServices implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ListedServices.class);

    private final Directory directory;
    private final WatchedServices watched;
    private final MoaDiscoveryProperties settings;
    private final ApplicationEventPublisher events;
    private volatile @Nullable List<String> ids;
    /** Whether somebody was answered without a list. */
    private volatile boolean owed;

    private @Nullable ScheduledExecutorService timer;
    private boolean closed;

    ListedServices(
            Directory directory,
            WatchedServices watched,
            MoaDiscoveryProperties settings,
            ApplicationEventPublisher events) {
        this.directory = directory;
        this.watched = watched;
        this.settings = settings;
        this.events = events;
    }

    /** Returns the ids, sorted; at once, but for the first time, when a router has {@code moa.discovery.timeout}. */
    Mono<List<String>> ids() {
        return Mono.defer(() -> {
            List<String> known = ids;
            if (known != null) {
                return Mono.just(known);
            }
            start(settings.refresh());
            return Mono.fromFuture(this::ask)
                    .doOnNext(first -> ids = first)
                    .timeout(settings.timeout())
                    .onErrorResume(e -> {
                        log.warn("the services cannot be listed: {}", e.toString());
                        owed = true;
                        return Mono.just(watched.known());
                    });
        });
    }

    /** As {@link #ids()}, for a thread that must not wait: before the first list, what this application asked for. */
    List<String> now() {
        List<String> known = ids;
        if (known != null) {
            return known;
        }
        owed = true;
        start(Duration.ZERO);
        return watched.known();
    }

    private CompletableFuture<List<String>> ask() {
        return directory
                .services(Deadline.after(settings.timeout()))
                .thenApply(names -> names.stream().map(this::id).sorted().toList());
    }

    private synchronized void start(Duration first) {
        if (timer == null && !closed) {
            timer = Executors.newSingleThreadScheduledExecutor(work -> {
                Thread thread = new Thread(work, "discovery-services-1");
                thread.setDaemon(true);
                return thread;
            });
            long pauseMs = settings.refresh().toMillis();
            timer.scheduleWithFixedDelay(this::refresh, first.toMillis(), pauseMs, TimeUnit.MILLISECONDS);
        }
    }

    private void refresh() {
        try {
            List<String> now = ask().get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
            List<String> before = ids;
            ids = now;
            if (owed || before != null && !before.equals(now)) {
                owed = false;
                events.publishEvent(new HeartbeatEvent(this, now));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.debug("the services cannot be listed, the last list stands", e);
        } catch (RuntimeException e) {
            // outermost on the timer: the next round asks again
            log.error("the services were not told", e);
        }
    }

    /** Returns the id that {@link WatchedServices#name} reads as this service. */
    private String id(ServiceName service) {
        String name = service.value();
        if (!name.startsWith(settings.prefix()) || name.indexOf('.') >= 0) {
            return name;
        }
        String id = "";
        for (String label : name.substring(settings.prefix().length()).split("/")) {
            id = id.isEmpty() ? label : label + "." + id;
        }
        return id;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (timer != null) {
            timer.shutdownNow();
        }
    }
}
