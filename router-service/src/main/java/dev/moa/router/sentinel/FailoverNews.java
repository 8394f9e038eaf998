package dev.moa.router.sentinel;

import dev.moa.protocol.ServiceName;
import dev.moa.protocol.server.RespSession;
import dev.moa.router.address.Instance;
import dev.moa.router.chain.Lookup;
import dev.moa.router.chain.LookupAnswer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells subscribers what Sentinel would: {@code +switch-master} to each client whose instance is another now,
 * {@code +slave} of an instance that came, {@code +sdown} of one that went.
 *
 * <p>One thread, {@code router-sentinel-1}, compares; a burst of changes of one service is compared once.
 */
public final class FailoverNews implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FailoverNews.class);
    private static final int MAX_SUBSCRIBERS = 10_000;
    private static final int MAX_SERVICES = 100_000;

    private final Lookup lookup;
    private final Map<Long, Subscriber> subscribers = new ConcurrentHashMap<>();
    // connections whose end is heard of: once, however often they subscribe
    private final Set<Long> heard = ConcurrentHashMap.newKeySet();
    // what subscribers know; of its own thread
    private final Map<ServiceName, List<Instance>> known = new HashMap<>();
    private final Set<ServiceName> changed = ConcurrentHashMap.newKeySet();
    private final ExecutorService worker = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "router-sentinel-1");
        thread.setDaemon(true);
        return thread;
    });

    public FailoverNews(Lookup lookup) {
        this.lookup = lookup;
    }

    /** Hears that the answer for a service may be another; never blocks. */
    public void changed(ServiceName service) {
        if (changed.add(service)) {
            submit(() -> {
                changed.remove(service);
                compare(service);
            });
        }
    }

    /** Hears that any answer may be another: a switch was turned, an answer was pinned. */
    public void allChanged() {
        submit(() -> Set.copyOf(known.keySet()).forEach(this::compare));
    }

    private void submit(Runnable work) {
        try {
            worker.execute(() -> {
                try {
                    work.run();
                } catch (RuntimeException e) {
                    // the next change is told again
                    log.warn("subscribers could not be told of a change", e);
                }
            });
        } catch (RejectedExecutionException e) {
            // closed
        }
    }

    /** Returns the connection's subscriptions, made if need be; null if there are too many subscribers. */
    @Nullable
    Subscriber subscriber(RespSession session) {
        Subscriber subscriber = subscribers.get(session.id());
        if (subscriber == null && subscribers.size() < MAX_SUBSCRIBERS) {
            subscriber = new Subscriber(session);
            subscribers.put(session.id(), subscriber);
            if (heard.add(session.id())) {
                session.onClose(() -> {
                    heard.remove(session.id());
                    subscribers.remove(session.id());
                });
            }
        }
        return subscriber;
    }

    /** Returns the connection's subscriptions; null if it has none. */
    @Nullable
    Subscriber existing(RespSession session) {
        return subscribers.get(session.id());
    }

    void forget(RespSession session) {
        subscribers.remove(session.id());
    }

    /** Returns how many connections wait for news. */
    public int waiting() {
        return subscribers.size();
    }

    private void compare(ServiceName service) {
        LookupAnswer.Found found = lookup.findNow(service);
        List<Instance> now = Choice.callable(found == null ? null : found.view());
        if (now.isEmpty()) {
            // Sentinel, too, keeps the last master's name while there is none: who comes next is news to its clients
            return;
        }
        if (known.size() >= MAX_SERVICES) {
            known.clear();
        }
        List<Instance> before = known.put(service, now);
        if (before == null || subscribers.isEmpty()) {
            return;
        }
        Map<String, List<Subscriber>> byClient = new HashMap<>();
        subscribers
                .values()
                .forEach(subscriber -> byClient.computeIfAbsent(subscriber.client(), client -> new ArrayList<>())
                        .add(subscriber));
        Set<String> beforeAddresses = addresses(before);
        Set<String> nowAddresses = addresses(now);
        byClient.forEach((client, theirs) -> {
            Instance old = Choice.master(before, client);
            Instance master = Choice.master(now, client);
            if (master == null) {
                return;
            }
            if (old != null && !old.address().equals(master.address())) {
                String message =
                        "%s %s %d %s %d".formatted(service, old.host(), old.port(), master.host(), master.port());
                theirs.forEach(subscriber -> subscriber.publish("+switch-master", message));
            }
            tellReplicas(service, theirs, master, now, beforeAddresses, "+slave");
            tellReplicas(service, theirs, master, before, nowAddresses, "+sdown");
        });
    }

    private static void tellReplicas(
            ServiceName service,
            List<Subscriber> theirs,
            Instance master,
            List<Instance> some,
            Set<String> others,
            String channel) {
        for (Instance instance : some) {
            if (!others.contains(instance.address()) && !instance.address().equals(master.address())) {
                String message = "slave %s %s %d @ %s %s %d"
                        .formatted(
                                instance.address(),
                                instance.host(),
                                instance.port(),
                                service,
                                master.host(),
                                master.port());
                theirs.forEach(subscriber -> subscriber.publish(channel, message));
            }
        }
    }

    private static Set<String> addresses(List<Instance> instances) {
        Set<String> addresses = new HashSet<>();
        instances.forEach(instance -> addresses.add(instance.address()));
        return addresses;
    }

    @Override
    public void close() {
        worker.shutdownNow();
    }
}
