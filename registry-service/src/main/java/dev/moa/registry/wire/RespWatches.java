package dev.moa.registry.wire;

import dev.moa.protocol.ServiceName;
import dev.moa.protocol.server.RespSession;
import dev.moa.registry.Refusal;
import dev.moa.registry.watch.Outlet;
import dev.moa.registry.watch.Subscription;
import dev.moa.registry.watch.SubscriptionHub;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What one RESP connection watches: a subscription for each SUBSCRIBE, less what was taken back. Safe for many threads:
 * the end of the connection comes on its own.
 */
final class RespWatches {
    private static final long READS_LIMIT_S = 10;
    private static final long LOOK_AGAIN_MS = 5;
    // each is one of moa.registry.watch.max-subscribers, which all callers share
    private static final int MOST_SUBSCRIPTIONS = 50;

    private final RespSession session;
    private final SubscriptionHub hub;
    private final WatchMessages messages;

    // guarded by this
    private final Map<ServiceName, Subscription> subscriptions = new LinkedHashMap<>();

    RespWatches(RespSession session, SubscriptionHub hub, WatchMessages messages) {
        this.session = session;
        this.hub = hub;
        this.messages = messages;
    }

    synchronized int size() {
        return subscriptions.size();
    }

    synchronized Set<ServiceName> services() {
        return new LinkedHashSet<>(subscriptions.keySet());
    }

    /**
     * Begins to tell of services; of those that are watched already nothing changes.
     *
     * @throws Refusal if this connection or all together watch too much, or Redis is away
     */
    synchronized void add(Set<ServiceName> services) {
        Set<ServiceName> fresh = new LinkedHashSet<>(services);
        fresh.removeAll(subscriptions.keySet());
        if (!fresh.isEmpty()) {
            int others = new HashSet<>(subscriptions.values()).size();
            if (others >= MOST_SUBSCRIPTIONS) {
                throw Refusal.exhausted(
                        "SUBSCRIBEs of this connection",
                        others + 1,
                        String.valueOf(MOST_SUBSCRIPTIONS),
                        "name several services in one SUBSCRIBE");
            }
            String name = "%s (%s, resp)".formatted(session.address(), session.clientName());
            Subscription subscription = hub.subscribe(name, fresh, null, new Channel());
            fresh.forEach(service -> subscriptions.put(service, subscription));
        }
    }

    /**
     * Ends to tell of services; returns how many are left. Those of the same SUBSCRIBE begin with a snapshot again; where
     * they cannot, the connection ends, so that its client knows that it is told nothing.
     */
    synchronized int remove(Set<ServiceName> services) {
        Set<Subscription> ended = new LinkedHashSet<>();
        for (ServiceName service : services) {
            Subscription subscription = subscriptions.remove(service);
            if (subscription != null) {
                ended.add(subscription);
            }
        }
        List<Set<ServiceName>> again = new ArrayList<>();
        for (Subscription each : ended) {
            Set<ServiceName> others = new LinkedHashSet<>();
            subscriptions.forEach((service, subscription) -> {
                if (subscription == each) {
                    others.add(service);
                }
            });
            subscriptions.keySet().removeAll(others);
            hub.unsubscribe(each);
            again.add(others);
        }
        try {
            again.forEach(this::add);
        } catch (RuntimeException failure) {
            session.close();
            throw failure;
        }
        return subscriptions.size();
    }

    /** The way to the client; what was told stays here until it is flushed. */
    private final class Channel implements Outlet {
        private final ByteArrayOutputStream told = new ByteArrayOutputStream();
        private byte @Nullable [] alone;
        private volatile boolean isCut;
        private volatile boolean closed;

        @Override
        public void sendChange(ServiceName service, String json) throws IOException {
            byte[] message = messages.of(session.version(), service, json);
            if (told.size() == 0 && alone == null) {
                alone = message;
                return;
            }
            gather();
            told.write(message);
        }

        private void gather() throws IOException {
            byte[] first = alone;
            if (first != null) {
                alone = null;
                told.write(first);
            }
        }

        @Override
        public void sendCut(String json) {
            isCut = true;
        }

        @Override
        public boolean takesTokens() {
            return false;
        }

        @Override
        public void sendHeartbeat() {
            // the client sends PING where it wants to know
        }

        @Override
        public boolean isPrompt() {
            return true;
        }

        @Override
        public boolean flushNow() {
            byte[] waiting = alone == null ? told.toByteArray() : alone;
            boolean isTaken = waiting.length == 0 || session.offer(waiting);
            if (isTaken) {
                alone = null;
                told.reset();
            }
            return isTaken;
        }

        @Override
        public void flush() throws IOException {
            long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(READS_LIMIT_S);
            while (!flushNow()) {
                if (closed || System.nanoTime() > limit) {
                    isCut = true;
                    throw new IOException("not read for %d s".formatted(READS_LIMIT_S));
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_AGAIN_MS));
            }
        }

        @Override
        public void close() {
            closed = true;
            if (isCut) {
                session.close();
            }
        }
    }
}
