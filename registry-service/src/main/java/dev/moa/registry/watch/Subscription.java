package dev.moa.registry.watch;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.RegistryMetrics;
import dev.moa.registry.catalog.Position;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * One subscriber of any number of services.
 *
 * <p>The hub puts events in and never waits; at most one task at a time takes them out and sends them, and may block on
 * a slow subscriber. Where the way to the subscriber is free and never blocks, the thread that puts them in sends them.
 * When more waits than the bound, what waits is dropped, the subscriber is told that it is cut off, and the connection
 * ends: it comes back with the token of what it did receive and misses nothing.
 */
public final class Subscription {
    private static final Logger log = LoggerFactory.getLogger(Subscription.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    /** What is written is remembered until it is flushed; a subscriber that trickles would never let it come to that. */
    private static final int UNFLUSHED_BYTES = 256 * 1_024;

    private final Map<ServiceName, Position> positions; // of what was put in; guarded by the hub's lock
    private final Set<ServiceName> unjoined; // of the hub's thread
    private final String name;
    private final Set<ServiceName> services;
    private final Outlet outlet;
    private final Executor senders;
    private final WatchProperties bounds;
    private final RegistryMetrics metrics;

    // guarded by this
    private final Queue<WatchEvent> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private boolean sending;
    private boolean unflushed; // something was sent by the hub's thread that did not get out
    private boolean cut;
    private volatile boolean closed; // written by whoever holds this

    private final Map<ServiceName, Position> delivered = new ConcurrentHashMap<>(); // written by the sending task

    Subscription(
            String name,
            Set<ServiceName> services,
            Map<ServiceName, Position> since,
            Outlet outlet,
            Executor senders,
            WatchProperties bounds,
            RegistryMetrics metrics) {
        this.name = name;
        this.services = services;
        this.unjoined = new LinkedHashSet<>(services);
        this.positions = new LinkedHashMap<>(since);
        this.delivered.putAll(since);
        this.outlet = outlet;
        this.senders = senders;
        this.bounds = bounds;
        this.metrics = metrics;
    }

    /** Returns who it is, for people. */
    String name() {
        return name;
    }

    /** Returns whether it has been sent everything of a service up to a position. */
    boolean hasBeenSent(ServiceName service, Position position) {
        Position sent = delivered.get(service);
        return sent != null && sent.covers(position);
    }

    /** Returns the services that it watches. */
    Set<ServiceName> services() {
        return services;
    }

    /** Returns those of its services that it has still to be caught up with; for the hub's thread to take out of. */
    Set<ServiceName> unjoined() {
        return unjoined;
    }

    /** Returns how far it has been told of a service, or null where not at all. */
    @Nullable
    Position position(ServiceName service) {
        return positions.get(service);
    }

    /** Returns whether telling it takes no other thread, for as long as it reads. */
    boolean isPrompt() {
        return outlet.isPrompt();
    }

    /** Tells it of a service; under the hub's lock only. */
    void tell(WatchEvent.Changed event) {
        positions.put(event.service(), event.position());
        offer(event);
    }

    /** Returns whether so much waits for it that it is told of no further service for the first time. */
    synchronized boolean isBehind() {
        return waiting.size() > bounds.bufferEvents() / 2
                || waitingBytes > bounds.bufferSize().toBytes() / 2;
    }

    synchronized void offer(WatchEvent event) {
        boolean isWanted = !(event instanceof WatchEvent.Token) || outlet.takesTokens();
        if (closed || cut || !isWanted) {
            return;
        }
        boolean tooMuch = !waiting.isEmpty()
                && (waiting.size() >= bounds.bufferEvents()
                        || waitingBytes + event.size() > bounds.bufferSize().toBytes());
        if (tooMuch) {
            cut = true;
            metrics.cut();
            String reason = "more than %d events or %d bytes were waiting for this subscriber"
                    .formatted(bounds.bufferEvents(), bounds.bufferSize().toBytes());
            log.info("A watch of {} services is cut off: {}", services.size(), reason);
            waiting.clear();
            waitingBytes = 0;
            waiting.add(new WatchEvent.Cut(reason, "read faster; come back with the last token as since"));
        } else {
            waiting.add(event);
            waitingBytes += event.size();
        }
        if (!sending) {
            sending = true;
            if (cut || !outlet.isPrompt() || !sentNow()) {
                senders.execute(this::send);
            }
        }
    }

    /** Sends what waits, if that takes no waiting; saves a subscriber the time that a thread takes to wake up. */
    private boolean sentNow() {
        List<WatchEvent.Changed> written = new ArrayList<>(1);
        try {
            for (WatchEvent event = next(false); event != null; event = next(false)) {
                send(event);
                if (event instanceof WatchEvent.Changed changed) {
                    written.add(changed);
                }
            }
            unflushed = !outlet.flushNow();
        } catch (IOException | RuntimeException gone) {
            log.debug("A watch ended: {}", gone.toString());
            close();
        }
        written.forEach(this::measure);
        sending = unflushed;
        return !unflushed;
    }

    boolean isClosed() {
        return closed;
    }

    /** Ends it. A second close does nothing. */
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            waiting.clear();
        }
        outlet.close();
    }

    private void send() {
        flushRest();
        List<WatchEvent.Changed> written = new ArrayList<>();
        for (WatchEvent event = next(true); event != null; event = next(true)) {
            try {
                boolean isLast = false;
                int unflushed = 0;
                for (; event != null; event = unflushed < UNFLUSHED_BYTES ? next(false) : null) {
                    send(event);
                    unflushed += event.size();
                    isLast = event instanceof WatchEvent.Cut;
                    if (event instanceof WatchEvent.Changed changed) {
                        written.add(changed);
                    }
                }
                outlet.flush();
                if (isLast) {
                    // not before: what is closed may be somebody else's already
                    close();
                }
                written.forEach(this::measure);
            } catch (IOException | RuntimeException gone) {
                // a server whose connection ended meanwhile throws what it likes, NullPointerException among it
                log.debug("A watch ended: {}", gone.toString());
                close();
            }
            written.clear();
        }
    }

    private void flushRest() {
        synchronized (this) {
            if (!unflushed) {
                return;
            }
            unflushed = false;
        }
        try {
            outlet.flush();
        } catch (IOException | RuntimeException gone) {
            log.debug("A watch ended: {}", gone.toString());
            close();
        }
    }

    private void measure(WatchEvent.Changed event) {
        for (ToldChange change : event.changes()) {
            metrics.told(change.atMs());
        }
    }

    /** @param end whether the sending task ends where nothing waits; else it still has something to flush */
    private synchronized @Nullable WatchEvent next(boolean end) {
        WatchEvent event = waiting.poll();
        if (event != null) {
            waitingBytes = Math.max(0, waitingBytes - event.size());
        } else if (end) {
            sending = false;
        }
        return event;
    }

    private void send(WatchEvent event) throws IOException {
        if (event instanceof WatchEvent.Changed changed) {
            outlet.sendChange(changed.service(), changed.json());
            delivered.put(changed.service(), changed.position());
            metrics.sent(changed.isSnapshot() ? "snapshot" : "changes");
        } else if (event instanceof WatchEvent.Token) {
            outlet.sendToken(ResumeToken.write(delivered));
            metrics.sent("token");
        } else if (event instanceof WatchEvent.Heartbeat) {
            outlet.sendHeartbeat();
        } else if (event instanceof WatchEvent.Cut reason) {
            if (outlet.takesTokens()) {
                outlet.sendToken(ResumeToken.write(delivered));
            }
            outlet.sendCut(JSON.writeValueAsString(reason));
        }
    }
}
