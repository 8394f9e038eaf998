package dev.moa.router.haproxy;

import dev.moa.protocol.ServiceName;
import dev.moa.router.address.Instance;
import dev.moa.router.address.WarmUp;
import dev.moa.router.chain.Lookup;
import dev.moa.router.chain.LookupAnswer;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells HAProxies of each change of the services that their backends stand for, at once, and looks at all of them now
 * and then: a reload forgets what it was told.
 *
 * <p>Each HAProxy has a thread of its own, {@code router-haproxy-n}: one that does not answer delays no other. Safe for
 * many threads.
 */
public final class HaproxyDriver implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HaproxyDriver.class);

    /** Behind it is the scale of moa's weights, 0 to 1,000, in front HAProxy's, 0 to 256. */
    private static final int WEIGHT_DIVISOR = 4;

    private static final int MOST_ADDRESSES = 100_000;

    private final Lookup lookup;
    private final HaproxyProperties settings;
    private final Clock clock;
    private final List<Proxy> proxies = new ArrayList<>();
    private final Resolver resolver;
    private final Map<String, String> lastAddresses = new ConcurrentHashMap<>();
    private boolean started;

    /** Looks up where a host is. */
    interface Resolver {
        InetAddress resolve(String host) throws UnknownHostException;
    }

    public HaproxyDriver(Lookup lookup, HaproxyProperties settings, Clock clock) {
        this(lookup, settings, clock, InetAddress::getByName);
    }

    HaproxyDriver(Lookup lookup, HaproxyProperties settings, Clock clock, Resolver resolver) {
        this.resolver = resolver;
        this.lookup = lookup;
        this.settings = settings;
        this.clock = clock;
        for (String socket : settings.sockets()) {
            proxies.add(new Proxy(socket, proxies.size() + 1, clock));
        }
    }

    public synchronized void start() {
        if (!started) {
            started = true;
            proxies.forEach(Proxy::start);
        }
    }

    /** Hears that the answer for a service may be another; never blocks. */
    public void changed(ServiceName service) {
        if (settings.backends().containsValue(service)) {
            allChanged();
        }
    }

    /** Hears that any answer may be another; never blocks. */
    public void allChanged() {
        proxies.forEach(Proxy::soon);
    }

    /** Returns what is wrong, by HAProxy and backend; empty if all is well. */
    public Map<String, String> problems() {
        Map<String, String> problems = new TreeMap<>();
        proxies.forEach(proxy -> problems.putAll(proxy.problems));
        return problems;
    }

    /** Returns the HAProxies and backends that may still send new connections of a service to an address. */
    public List<String> sendingTo(ServiceName service, String host, int port) {
        String address = settings.backends().containsValue(service) ? address(host) : null;
        if (address == null) {
            return List.of();
        }
        BackendSync.Wanted there = new BackendSync.Wanted(address + ":" + port, 1);
        List<String> sending = new ArrayList<>();
        for (Proxy proxy : proxies) {
            proxy.backends.forEach((backend, sync) -> {
                if (service.equals(settings.backends().get(backend)) && sync.sendsTo(there)) {
                    sending.add(proxy.socket + " " + backend);
                }
            });
        }
        return sending;
    }

    private List<BackendSync.Wanted> wanted(ServiceName service) {
        LookupAnswer.Found found = lookup.findNow(service);
        List<BackendSync.Wanted> wanted = new ArrayList<>();
        if (found != null) {
            for (Instance instance : found.view().instances()) {
                String host = instance.isCallable() && instance.weight() > 0 ? address(instance.host()) : null;
                if (host != null) {
                    int weight = Math.min(256, Math.max(1, WarmUp.weight(instance, clock.millis()) / WEIGHT_DIVISOR));
                    wanted.add(new BackendSync.Wanted(host + ":" + instance.port(), weight));
                }
            }
        }
        return wanted;
    }

    /** HAProxy looks no names up for servers that are added at run time. A name that does not resolve now is where it was. */
    @Nullable
    String address(String host) {
        try {
            InetAddress address = resolver.resolve(host);
            String text = address.getHostAddress();
            String written = address instanceof Inet6Address ? "[" + text.replaceAll("%.*", "") + "]" : text;
            if (!written.equals(host) && (lastAddresses.size() < MOST_ADDRESSES || lastAddresses.containsKey(host))) {
                lastAddresses.put(host, written);
            }
            return written;
        } catch (UnknownHostException e) {
            String last = lastAddresses.get(host);
            log.warn(
                    "{} has no address: HAProxy {}", host, last == null ? "is not told of it" : "goes on with " + last);
            return last;
        }
    }

    /** One HAProxy. */
    private final class Proxy {
        private final Map<String, BackendSync> backends = new TreeMap<>();
        private final Map<String, String> problems = new ConcurrentHashMap<>();
        private final AtomicBoolean isQueued = new AtomicBoolean();
        private final String socket;
        private final ScheduledExecutorService worker;

        Proxy(String socket, int number, Clock clock) {
            this.socket = socket;
            RuntimeApi api = new RuntimeApi(socket, settings.timeout());
            settings.backends()
                    .keySet()
                    .forEach(backend -> backends.put(
                            backend,
                            new BackendSync(api, backend, settings.serverOptions(), settings.drainTimeout(), clock)));
            this.worker = Executors.newSingleThreadScheduledExecutor(work -> {
                Thread thread = new Thread(work, "router-haproxy-" + number);
                thread.setDaemon(true);
                return thread;
            });
        }

        void start() {
            worker.scheduleWithFixedDelay(this::syncAll, 0, settings.resync().toMillis(), TimeUnit.MILLISECONDS);
        }

        void soon() {
            if (isQueued.compareAndSet(false, true)) {
                try {
                    worker.execute(() -> {
                        isQueued.set(false);
                        syncAll();
                    });
                } catch (RejectedExecutionException e) {
                    // closed
                }
            }
        }

        private void syncAll() {
            backends.forEach((backend, sync) -> {
                String name = socket + " " + backend;
                String problem;
                try {
                    problem = sync.apply(
                            wanted(Objects.requireNonNull(settings.backends().get(backend))));
                } catch (IOException | RuntimeException e) {
                    // the next look tries again
                    problem = String.valueOf(e.getMessage());
                }
                String before = problem == null ? problems.remove(name) : problems.put(name, problem);
                if (problem != null && before == null) {
                    log.warn("HAProxy {}: {}; tried again", name, problem);
                }
            });
        }
    }

    @Override
    public void close() {
        proxies.forEach(proxy -> proxy.worker.shutdownNow());
    }
}
