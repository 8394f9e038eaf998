package dev.moa.sdk.call;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.sdk.balance.Balancer;
import dev.moa.sdk.lookup.Directory;
import dev.moa.sdk.lookup.ServiceAnswer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All calls of a client. A service that is called for the first time is looked up once, however many calls wait for
 * it, and watched from then on; one that was not called for 10 minutes is forgotten.
 */
public final class Calls implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Calls.class);

    /** Services at once: a client that is told its services by others must not grow for ever. */
    private static final int MAX_SERVICES = 4_096;

    /** Whoever calls a service that does not exist asks the routers this seldom, however often it calls. */
    private static final long UNKNOWN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private static final Duration LOOKUP_TIMEOUT = Duration.ofSeconds(5);
    private static final long TICK_MS = 100;
    private static final long IDLE_NANOS = TimeUnit.MINUTES.toNanos(10);
    /** One that makes room for another must be idle for this long. */
    private static final long IDLE_WHEN_FULL_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** A service that nobody knew a moment ago. */
    private record Unknown(MoaException failure, long until) {}

    private record Watched(ServiceCalls calls, AutoCloseable watch) {}

    private final Directory directory;
    private final Function<ServiceName, Balancer> balancers;
    private final CallSettings settings;
    private final MethodTable table;
    private final Lines lines;
    private final ScheduledThreadPoolExecutor timer;
    private final Map<ServiceName, Watched> services = new ConcurrentHashMap<>();
    private final ConcurrentMap<ServiceName, CompletableFuture<ServiceCalls>> lookups = new ConcurrentHashMap<>();
    private final Map<ServiceName, Unknown> unknown = new ConcurrentHashMap<>();
    private boolean ticking;
    private volatile boolean closed;

    /**
     * @param directory where services are looked up; kept by the caller
     * @param balancers who chooses among the instances of a service, asked once for each
     * @param connection how connections are opened; with TLS, to instances that speak it
     * @param sslRequired whether to call nobody without TLS
     */
    public Calls(
            Directory directory,
            Function<ServiceName, Balancer> balancers,
            CallSettings settings,
            ConnectionOptions connection,
            boolean sslRequired) {
        this.directory = directory;
        this.balancers = balancers;
        this.settings = settings;
        this.table = new MethodTable(settings.service(), settings.methods());
        this.timer = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "sdk-timer-1");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
        this.lines = new Lines(connection, sslRequired, timer);
    }

    /**
     * Calls; the future never completes exceptionally, and cancelling it cancels the call.
     */
    public CompletableFuture<CallResponse> call(CallRequest request, Deadline deadline, CallOptions options) {
        Call call = new Call(request, deadline, options);
        Watched known = services.get(request.service());
        if (known != null) {
            known.calls.start(call);
            return call;
        }
        if (closed) {
            call.refuse(StatusCode.UNAVAILABLE, "the client is closed");
            return call;
        }
        CompletableFuture<ServiceCalls> lookup = lookup(request.service());
        if (!lookup.isDone()) {
            call.arm(timer, "the lookup of " + request.service());
        }
        lookup.whenComplete((found, failure) -> {
            if (failure == null) {
                found.start(call);
            } else {
                refuse(call, failure);
            }
        });
        return call;
    }

    private CompletableFuture<ServiceCalls> lookup(ServiceName service) {
        Unknown asked = unknown.get(service);
        if (asked != null && asked.until - System.nanoTime() > 0) {
            return CompletableFuture.failedFuture(asked.failure);
        }
        CompletableFuture<ServiceCalls> promise = new CompletableFuture<>();
        CompletableFuture<ServiceCalls> running = lookups.putIfAbsent(service, promise);
        if (running != null) {
            return running;
        }
        Watched known = services.get(service);
        if (known != null) {
            // another lookup ended in between
            lookups.remove(service, promise);
            promise.complete(known.calls);
            return promise;
        }
        directory.lookup(service, Deadline.after(LOOKUP_TIMEOUT)).whenComplete((answer, failure) -> {
            try {
                if (failure != null) {
                    remember(service, failure);
                    promise.completeExceptionally(failure);
                } else {
                    unknown.remove(service);
                    promise.complete(open(service, answer));
                }
            } catch (RuntimeException e) {
                promise.completeExceptionally(e);
            } finally {
                lookups.remove(service, promise);
            }
        });
        return promise;
    }

    private void remember(ServiceName service, Throwable failure) {
        if (cause(failure) instanceof MoaException known && known.code() == StatusCode.NOT_FOUND) {
            if (unknown.size() >= MAX_SERVICES) {
                unknown.clear();
            }
            unknown.put(service, new Unknown(known, System.nanoTime() + UNKNOWN_NANOS));
        }
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private synchronized ServiceCalls open(ServiceName service, ServiceAnswer answer) {
        if (closed) {
            throw new MoaException(StatusCode.UNAVAILABLE, "the client is closed");
        }
        if (services.size() >= MAX_SERVICES) {
            forget(IDLE_WHEN_FULL_NANOS);
        }
        if (services.size() >= MAX_SERVICES) {
            throw new MoaException(
                    StatusCode.RESOURCE_EXHAUSTED,
                    "services: %d are called by this client already (limit; use another client)"
                            .formatted(MAX_SERVICES));
        }
        if (!ticking) {
            ticking = true;
            timer.scheduleWithFixedDelay(this::tick, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
        }
        ServiceCalls calls =
                new ServiceCalls(service, balancers.apply(service), settings, table, lines, timer, System::nanoTime);
        calls.update(answer);
        services.put(service, new Watched(calls, directory.watch(service, calls::update)));
        return calls;
    }

    private void tick() {
        try {
            services.values().forEach(each -> each.calls.tick());
            lines.tick();
            forget(IDLE_NANOS);
        } catch (RuntimeException e) {
            // outermost: the next tick tries again
            log.error("the client's tick failed", e);
        }
    }

    private synchronized void forget(long idleNanos) {
        services.values().removeIf(each -> {
            boolean idle = each.calls.isIdle(idleNanos);
            if (idle) {
                close(each);
            }
            return idle;
        });
    }

    private static void close(Watched service) {
        try {
            service.watch.close();
        } catch (Exception e) {
            log.warn("a watch could not be closed", e);
        }
        service.calls.close();
    }

    private static void refuse(Call call, Throwable failure) {
        Throwable cause = cause(failure);
        if (cause instanceof MoaException known) {
            call.refuse(known.code(), message(known));
        } else {
            log.error("the lookup of {} failed", call.request().service(), cause);
            call.refuse(
                    StatusCode.INTERNAL,
                    "the lookup of %s failed (see the log)"
                            .formatted(call.request().service()));
        }
    }

    private static String message(MoaException failure) {
        @Nullable String message = failure.getMessage();
        return message == null ? failure.code().name() : message;
    }

    /** Returns the time that the settings give to a call that names none itself; null means the client's. */
    public @Nullable Duration timeout(ServiceName service, String method) {
        return table.timeout(service, method);
    }

    /** Returns how the instances of a service look from here; empty for one that was not called lately. */
    public List<InstanceView> instances(ServiceName service) {
        Watched known = services.get(service);
        return known == null ? List.of() : known.calls.fleet().view();
    }

    /** Returns the services that were called lately. */
    public Set<ServiceName> services() {
        return Set.copyOf(services.keySet());
    }

    /** Closes all connections; calls in flight end UNAVAILABLE. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            services.values().forEach(Calls::close);
            services.clear();
            lines.close();
            timer.shutdownNow();
        }
    }
}
