package dev.moa.sdk.lookup;

import dev.moa.protocol.CallContext;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.sdk.codec.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * Asks the routers over moa frames: lookups one by one, and one long poll of {@code watch} for all services that are
 * watched. Any router will do; when one breaks, the next takes over, and meanwhile, as well as with no router left,
 * the last good answers stand, with their age.
 *
 * <p>One thread, {@code sdk-directory-1}, does everything: the state below belongs to it, and listeners run on it.
 */
public final class RouterDirectory implements Directory, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RouterDirectory.class);
    private static final ServiceName LOOKUP = ServiceName.of("/service/lookup");
    private static final long WAIT_MS = 25_000;
    /** What a long poll may take beyond the time it was to wait. */
    private static final long SLACK_MS = 5_000;

    private static final long FIRST_PAUSE_MS = 100;
    private static final long LONGEST_PAUSE_MS = 2_000;
    /** An answer that came at once and says nothing new is not followed by another poll at once. */
    private static final long LEAST_POLL_MS = 100;

    /** The file tells how old the answers are, so those that stay the same are written now and then, too. */
    private static final long KEEP_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final RouterConnections routers;
    private final ScheduledThreadPoolExecutor loop;
    private final @Nullable SnapshotFile snapshot;
    private final Map<ServiceName, Watched> watched = new HashMap<>();
    private @Nullable String token;
    private @Nullable CompletableFuture<CallResponse> poll;
    private boolean pollDue;
    private boolean healthy;
    private int failures;
    private long keptAt = System.nanoTime();

    /** What is known of a watched service. */
    private static final class Watched {
        private final List<Consumer<ServiceAnswer>> listeners = new CopyOnWriteArrayList<>();
        private @Nullable ServiceAnswer answer;
        /** When a router last said that the answer holds. */
        private long confirmedAt = System.nanoTime();
    }

    /**
     * @param addresses moa ports of routers as {@code host:port}, or {@code tls://host:port} where they speak TLS; any of
     *     them will do
     */
    public RouterDirectory(List<String> addresses, ConnectionOptions options) {
        this(addresses, options, null);
    }

    /**
     * @param snapshotFile where the last good answers are kept for the next start of this process; null for nowhere
     */
    public RouterDirectory(List<String> addresses, ConnectionOptions options, @Nullable Path snapshotFile) {
        this.routers = new RouterConnections(addresses, options);
        this.snapshot = snapshotFile == null ? null : new SnapshotFile(snapshotFile);
        this.loop = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "sdk-directory-1");
            thread.setDaemon(true);
            return thread;
        });
        loop.setRemoveOnCancelPolicy(true);
    }

    /** Returns how this process stands to the routers; asks none. */
    public RouterState state() {
        return routers.state();
    }

    @Override
    public CompletableFuture<ServiceAnswer> lookup(ServiceName service, Deadline deadline) {
        CompletableFuture<ServiceAnswer> result = new CompletableFuture<>();
        run(() -> lookup(service, deadline, result), () -> result.completeExceptionally(closed()));
        return result;
    }

    // on the loop
    private void lookup(ServiceName service, Deadline deadline, CompletableFuture<ServiceAnswer> result) {
        ServiceAnswer known = known(service);
        if (known != null && healthy) {
            result.complete(known);
            return;
        }
        Payload args = Payload.json(Json.MAPPER.writeValueAsBytes(
                Json.MAPPER.createArrayNode().add(service.value()).addNull()));
        ask("lookup", args, deadline).whenComplete((response, failure) -> {
            try {
                if (failure != null) {
                    throw failure;
                }
                result.complete(LookupJson.read(response.resultOrThrow()));
            } catch (Throwable e) {
                run(() -> fallBack(service, e, result), () -> result.completeExceptionally(closed()));
            }
        });
    }

    // on the loop
    private void fallBack(ServiceName service, Throwable failure, CompletableFuture<ServiceAnswer> result) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        boolean routerKnows = cause instanceof MoaException moa && moa.code() == StatusCode.NOT_FOUND;
        ServiceAnswer known = routerKnows ? null : known(service);
        if (known == null && !routerKnows && snapshot != null) {
            known = snapshot.read(service);
        }
        if (known != null) {
            result.complete(known);
        } else if (cause instanceof MoaException) {
            result.completeExceptionally(cause);
        } else {
            log.warn("the lookup of {} failed", service, cause);
            result.completeExceptionally(new MoaException(
                    StatusCode.UNAVAILABLE,
                    "%s: the answer of the router cannot be read (are router and sdk of one version?)"
                            .formatted(service),
                    cause));
        }
    }

    /** Asks a router for the names of all services that it answers for; they come by pages, within one deadline. */
    @Override
    public CompletableFuture<List<ServiceName>> services(Deadline deadline) {
        return services("", List.of(), deadline);
    }

    private CompletableFuture<List<ServiceName>> services(String after, List<ServiceName> before, Deadline deadline) {
        Payload args = Payload.json(
                Json.MAPPER.writeValueAsBytes(Json.MAPPER.createArrayNode().add(after)));
        return ask("digests", args, deadline).thenCompose(response -> {
            Payload result = response.resultOrThrow();
            JsonNode page = Json.MAPPER.readTree(result.array(), result.offset(), result.length());
            List<ServiceName> names = new ArrayList<>(before);
            page.path("digests")
                    .forEach(each ->
                            names.add(ServiceName.of(each.path("service").asString(""))));
            return page.path("more").asBoolean(false) && names.size() > before.size()
                    ? services(names.get(names.size() - 1).value(), names, deadline)
                    : CompletableFuture.completedFuture(List.copyOf(names));
        });
    }

    // on the loop
    private @Nullable ServiceAnswer known(ServiceName service) {
        Watched of = watched.get(service);
        ServiceAnswer answer = of == null ? null : of.answer;
        if (of == null || answer == null) {
            return null;
        }
        return answer.from(
                answer.source(), answer.ageMs() + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - of.confirmedAt));
    }

    @Override
    public AutoCloseable watch(ServiceName service, Consumer<ServiceAnswer> listener) {
        run(() -> addListener(service, listener), () -> {});
        return () -> run(() -> removeListener(service, listener), () -> {});
    }

    // on the loop
    private void addListener(ServiceName service, Consumer<ServiceAnswer> listener) {
        Watched of = watched.get(service);
        if (of == null) {
            of = new Watched();
            watched.put(service, of);
            pollAgain();
        }
        of.listeners.add(listener);
        if (of.answer != null) {
            tell(of, of.answer);
        }
    }

    // on the loop
    private void removeListener(ServiceName service, Consumer<ServiceAnswer> listener) {
        Watched of = watched.get(service);
        if (of != null && of.listeners.remove(listener) && of.listeners.isEmpty()) {
            watched.remove(service);
            // the running poll may go on; the next one asks for less
        }
    }

    /** Starts the poll for what is watched now; one that runs for less is given up. On the loop. */
    private void pollAgain() {
        if (pollDue) {
            return;
        }
        pollDue = true;
        // several services that are added in one go make one poll
        later(5, () -> {
            pollDue = false;
            CompletableFuture<CallResponse> running = poll;
            poll = null;
            if (running != null) {
                running.cancel(false);
            }
            poll();
        });
    }

    // on the loop
    private void poll() {
        if (watched.isEmpty() || poll != null) {
            return;
        }
        ArrayNode args = Json.MAPPER.createArrayNode();
        args.add(token);
        ArrayNode services = args.addArray();
        watched.keySet().forEach(service -> services.add(service.value()));
        args.add(WAIT_MS);
        long askedAt = System.nanoTime();
        CompletableFuture<CallResponse> asked = ask(
                "watch", Payload.json(Json.MAPPER.writeValueAsBytes(args)), Deadline.afterMillis(WAIT_MS + SLACK_MS));
        poll = asked;
        asked.whenComplete((response, failure) -> run(() -> polled(asked, askedAt, response, failure), () -> {}));
    }

    // on the loop
    private void polled(
            CompletableFuture<CallResponse> asked,
            long askedAt,
            @Nullable CallResponse response,
            @Nullable Throwable failure) {
        if (poll != asked) {
            // given up for one that asks for more
            return;
        }
        poll = null;
        try {
            if (response == null) {
                throw new MoaException(StatusCode.UNAVAILABLE, "no router could be asked", failure);
            }
            boolean news = take(response.resultOrThrow());
            healthy = true;
            failures = 0;
            long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - askedAt);
            later(news || took >= LEAST_POLL_MS ? 0 : LEAST_POLL_MS, this::poll);
        } catch (RuntimeException e) {
            if (healthy || failures == 0) {
                log.info("the routers cannot be watched, the last good answers stand: {}", e.getMessage());
            }
            healthy = false;
            routers.next();
            long pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS << Math.min(failures, 10));
            failures++;
            later(pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1), this::poll);
        }
    }

    /** Takes over the answer of a poll; returns whether there was something in it. On the loop. */
    private boolean take(Payload json) {
        JsonNode answer = Json.MAPPER.readTree(json.array(), json.offset(), json.length());
        List<ServiceAnswer> answers = new ArrayList<>();
        for (JsonNode each : answer.path("answers")) {
            answers.add(Json.MAPPER.treeToValue(each, ServiceAnswer.class));
        }
        for (JsonNode unknown : answer.path("unknown")) {
            answers.add(new ServiceAnswer(ServiceName.of(unknown.asString()), "", 0, "unknown", 0, List.of()));
        }
        token = answer.path("token").asString(null);
        long now = System.nanoTime();
        watched.values().forEach(of -> of.confirmedAt = now);
        boolean news = false;
        for (ServiceAnswer each : answers) {
            Watched of = watched.get(each.service());
            if (of != null) {
                news = true;
                of.answer = each;
                tell(of, each);
            }
        }
        if (snapshot != null && (news || now - keptAt > KEEP_AGAIN_NANOS)) {
            keptAt = now;
            snapshot.write(watched.keySet().stream()
                    .map(this::known)
                    .filter(java.util.Objects::nonNull)
                    .toList());
        }
        return news;
    }

    private static void tell(Watched of, ServiceAnswer answer) {
        for (Consumer<ServiceAnswer> listener : of.listeners) {
            try {
                listener.accept(answer);
            } catch (RuntimeException e) {
                log.error("a listener of {} failed", answer.service(), e);
            }
        }
    }

    private CompletableFuture<CallResponse> ask(String method, Payload args, Deadline deadline) {
        CallRequest request = new CallRequest(
                null, LOOKUP, method, args, CallContext.EMPTY.withTimeoutMs(deadline.remainingMillis()), null);
        return routers.call(request, deadline);
    }

    private void later(long milliseconds, Runnable work) {
        try {
            loop.schedule(guarded(work), milliseconds, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            log.trace("the directory is closed", e);
        }
    }

    private void run(Runnable work, Runnable whenClosed) {
        try {
            loop.execute(guarded(work));
        } catch (RejectedExecutionException e) {
            whenClosed.run();
        }
    }

    private static Runnable guarded(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                // outermost on the loop: the next piece of work goes on
                log.error("the directory failed", e);
            }
        };
    }

    private static MoaException closed() {
        return new MoaException(StatusCode.UNAVAILABLE, "the directory is closed");
    }

    /** Ends the watch and closes the connections; the last answers are gone. */
    @Override
    public void close() {
        loop.shutdownNow();
        routers.close();
    }
}
