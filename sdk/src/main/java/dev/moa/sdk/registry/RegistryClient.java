package dev.moa.sdk.registry;

import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.sdk.codec.Json;
import dev.moa.sdk.lookup.InstanceStatus;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keeps the services of a process registered: registers, renews all leases in one request, registers again what the
 * registry has forgotten, and takes everything out when the process leaves.
 *
 * <p>The first registration goes by REST, and its answer says where the registry's moa port is. A connection is held
 * there, by which leases are renewed, and services that come later are registered; wherever that fails, REST is asked.
 *
 * <p>One thread, {@code sdk-registry-1}, does it all in turn, each round to its end: what is not registered is
 * registered, what is registered is renewed. With no registry in reach it tries again, at first after 100 ms, then
 * at growing distance up to the renewal interval, with jitter; nobody waits for it. Safe for many threads.
 */
public final class RegistryClient implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RegistryClient.class);
    private static final int DEFAULT_TTL_SECONDS = 10;
    private static final long FIRST_PAUSE_MS = 100;
    /** What a registry takes in one request of renewals, and then some. */
    private static final int MAX_LEASES = 500;

    private final List<String> urls;
    private final @Nullable String token;
    private final @Nullable InetSocketAddress moaAddress;
    private final @Nullable SslContext ssl;
    private final boolean sslRequired;
    private final int ttlSeconds;
    private final List<Registration> registrations = new CopyOnWriteArrayList<>();
    private final ScheduledThreadPoolExecutor loop;
    private final HeldConnection held;

    // of the loop
    private @Nullable RegistryHttp http;
    private HeldConnection.@Nullable At announced;
    private int failures;
    private boolean leaving;
    private long roundDueAt;
    private boolean started;

    private RegistryClient(Builder settings) {
        this.urls = settings.urls;
        this.token = settings.token;
        this.moaAddress = settings.moaAddress;
        this.ssl = settings.ssl;
        this.sslRequired = settings.sslRequired;
        this.ttlSeconds = settings.ttlSeconds;
        this.held = new HeldConnection(
                ConnectionOptions.defaults()
                        .withToken(settings.token)
                        .withApp(settings.app)
                        .withSsl(settings.ssl),
                settings.sslRequired);
        this.loop = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "sdk-registry-1");
            thread.setDaemon(true);
            return thread;
        });
        loop.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Returns the settings of a client of these registries, given by their base URLs and tried in turn. */
    public static Builder builder(List<String> urls) {
        return new Builder(urls);
    }

    /** Adds a service that is to be registered from the start on, or at once if it has started. */
    public void register(InstanceSpec spec) {
        registrations.add(new Registration(spec));
        execute(this::roundNow);
    }

    /** Begins to register. Returns at once; a second start does nothing. */
    public RegistryClient start() {
        execute(() -> {
            if (!started) {
                started = true;
                http = new RegistryHttp(urls, token, ssl);
                roundNow();
            }
        });
        return this;
    }

    /** Returns how each registration stands. */
    public List<RegistrationState> registrations() {
        return registrations.stream().map(Registration::state).toList();
    }

    /**
     * Marks all registrations as DRAINING: new calls go elsewhere. The future completes with whether a registry
     * answered to all of it; it never fails. Where no registry answers it takes as long as one request to each.
     */
    public CompletableFuture<Boolean> drain() {
        AtomicBoolean told = new AtomicBoolean();
        return inTurn(() -> {
                    registrations.forEach(each -> each.status(InstanceStatus.DRAINING));
                    told.set(tellOfAll(
                            "PATCH", Json.MAPPER.createObjectNode().put("status", InstanceStatus.DRAINING.name())));
                })
                .thenApply(asked -> told.get());
    }

    /**
     * Waits, at most {@code wait} (up to 1 s), until every router answers without this process's instances and every
     * watch has been told, as the registry knows it. The future completes with false if somebody is behind, or the
     * registry does not say; it never fails. Call it after {@link #drain()}.
     */
    public CompletableFuture<Boolean> acknowledged(Duration wait) {
        AtomicBoolean all = new AtomicBoolean(true);
        return inTurn(() -> {
                    long end = System.nanoTime() + wait.toNanos();
                    for (Registration each : registrations) {
                        long leftMs = TimeUnit.NANOSECONDS.toMillis(Math.max(0, end - System.nanoTime()));
                        if (http == null
                                || !each.isRegistered()
                                || !http.isAcknowledged(each, Math.min(leftMs, 1_000))) {
                            all.set(false);
                            return;
                        }
                    }
                })
                .thenApply(asked -> all.get());
    }

    /**
     * Asks who can take over this process's callers: instances that are up and serve all of its services. The future
     * completes with none if the registry does not say; it never fails.
     */
    public CompletableFuture<List<InetSocketAddress>> successors() {
        Successors successors = new Successors(registrations);
        return inTurn(() -> {
                    RegistryHttp registry = http;
                    try {
                        for (Registration each : registrations) {
                            if (registry != null && each.isRegistered()) {
                                successors.add(instances(registry, each));
                            }
                        }
                    } catch (IOException e) {
                        log.info("who else serves the same cannot be asked: {}", e.getMessage());
                        successors.add(Json.MAPPER.createArrayNode());
                    }
                })
                .thenApply(asked -> successors.ofAll());
    }

    private static JsonNode instances(RegistryHttp registry, Registration each)
            throws IOException, InterruptedException {
        String service = URLEncoder.encode(each.spec().service().value(), StandardCharsets.UTF_8);
        return registry.send("GET", "/v1/instances?service=" + service, null)
                .body()
                .path("instances");
    }

    /**
     * Takes all registrations out of the registry and stops. The future completes when the registry has been told,
     * or could not be; it never fails.
     */
    public CompletableFuture<Void> leave() {
        return inTurn(() -> {
            leaving = true;
            tellOfAll("DELETE", null);
            registrations.forEach(each -> each.lost("left"));
            // after the deregistration: a connection that breaks before it looks like a crash
            held.close();
        });
    }

    /** Leaves, waits for it at most 3 s, and ends the thread. A second close does nothing. */
    @Override
    public void close() {
        try {
            leave().get(3, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.info("the registry was not told that this process leaves; its leases end within {} s", ttlSeconds);
        }
        loop.shutdownNow();
    }

    private CompletableFuture<Void> inTurn(Work work) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        try {
            loop.execute(() -> {
                try {
                    work.run();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } catch (RuntimeException e) {
                    log.error("the registry could not be told", e);
                }
                done.complete(null);
            });
        } catch (RejectedExecutionException e) {
            done.complete(null);
        }
        return done;
    }

    private void execute(Runnable work) {
        try {
            loop.execute(work);
        } catch (RejectedExecutionException e) {
            log.trace("closed", e);
        }
    }

    // on the loop
    private void roundNow() {
        if (started && !leaving) {
            roundDueAt = System.nanoTime();
            round();
        }
    }

    /** One round; the outermost frame of the loop. */
    private void round() {
        if (leaving || System.nanoTime() - roundDueAt < 0) {
            // a later round took this one's place
            return;
        }
        boolean good = false;
        try {
            RegistryHttp registry = http;
            if (registry != null) {
                boolean renewed = renew(registry);
                good = registerMissing(registry) && renewed;
                hold();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            log.error("registering failed, it is tried again", e);
        }
        failures = good ? 0 : failures + 1;
        long interval = ttlSeconds * 1_000L * 3 / 10;
        long pause = good ? interval : Math.min(interval, FIRST_PAUSE_MS << Math.min(failures - 1, 10));
        // the jitter only shortens: a lease must not wait
        later(pause - ThreadLocalRandom.current().nextLong(pause / 5 + 1));
    }

    private void later(long milliseconds) {
        roundDueAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
        try {
            loop.schedule(this::round, milliseconds + 1, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            log.trace("closed", e);
        }
    }

    /** Renews all leases; returns whether a registry answered. */
    private boolean renew(RegistryHttp registry) throws InterruptedException {
        List<Registration> current =
                registrations.stream().filter(Registration::isRegistered).toList();
        boolean good = true;
        for (int from = 0; from < current.size(); from += MAX_LEASES) {
            good &= renew(registry, current.subList(from, Math.min(current.size(), from + MAX_LEASES)));
        }
        return good;
    }

    private boolean renew(RegistryHttp registry, List<Registration> leases) throws InterruptedException {
        if (held.renew(leases)) {
            return true;
        }
        ObjectNode body = Json.MAPPER.createObjectNode();
        ArrayNode list = body.putArray("leases");
        leases.forEach(each -> list.add(each.lease()));
        try {
            RegistryHttp.Answer answer = registry.send("PUT", "/v1/leases", body);
            if (answer.status() == 409) {
                leases.forEach(Registration::taken);
                return true;
            }
            if (!answer.isOk()) {
                complain(leases, "renewing was refused: " + answer.status() + " " + answer.text());
                return false;
            }
            RenewalAnswer.take(answer.body(), leases);
            return true;
        } catch (IOException e) {
            complain(leases, "no registry could be asked: " + e.getMessage());
            return false;
        }
    }

    /** Registers what is not; returns whether all of it is now. */
    private boolean registerMissing(RegistryHttp registry) throws InterruptedException {
        boolean good = true;
        List<Registration> missing =
                registrations.stream().filter(each -> !each.isRegistered()).toList();
        for (int from = 0; from < missing.size(); from += MAX_LEASES) {
            held.register(missing.subList(from, Math.min(missing.size(), from + MAX_LEASES)), ttlSeconds);
        }
        for (Registration each : missing) {
            if (!each.isRegistered()) {
                good &= register(registry, each);
            }
        }
        return good;
    }

    private boolean register(RegistryHttp registry, Registration each) throws InterruptedException {
        try {
            RegistryHttp.Answer answer = registry.send("POST", "/v1/instances", each.body(ttlSeconds));
            long incarnation = answer.body().path("incarnation").asLong(0);
            if (!answer.isOk() || incarnation <= 0) {
                complain(List.of(each), "registering was refused: " + answer.status() + " " + answer.text());
                return false;
            }
            each.registered(answer.body().path("id").asString(each.id()), incarnation);
            announced(registry, answer.body().path("moaAddress").asString(""));
            log.info(
                    "{} is registered at {}:{} (incarnation {})",
                    each.spec().service(),
                    each.spec().host(),
                    each.spec().port(),
                    incarnation);
            return true;
        } catch (IOException e) {
            complain(List.of(each), "no registry could be asked: " + e.getMessage());
            return false;
        }
    }

    private void announced(RegistryHttp registry, String address) {
        if (!address.isEmpty()) {
            try {
                announced = HeldConnection.At.announced(address, registry.host());
            } catch (IllegalArgumentException e) {
                log.warn("the registry announces its moa address as {}", e.getMessage());
            }
        }
    }

    private void hold() throws InterruptedException {
        List<Registration> current =
                registrations.stream().filter(Registration::isRegistered).toList();
        HeldConnection.At at = moaAddress != null ? new HeldConnection.At(moaAddress, ssl != null) : announced;
        if (at != null && !current.isEmpty()) {
            held.hold(at, current);
        }
    }

    /** Says it once, and again whenever it changes; states show it all the time. */
    private void complain(List<Registration> concerned, String problem) {
        if (failures == 0) {
            log.warn("{} (it is tried again)", problem);
        }
        concerned.forEach(each -> each.failed(problem));
    }

    /** Returns whether a registry answered to all of it; when none answers to one, none is asked for the others. */
    private boolean tellOfAll(String method, @Nullable JsonNode body) throws InterruptedException {
        RegistryHttp registry = http;
        for (Registration each : registrations) {
            if (registry != null && each.isRegistered() && !tell(registry, each, method, body)) {
                return false;
            }
        }
        return true;
    }

    private static boolean tell(RegistryHttp registry, Registration each, String method, @Nullable JsonNode body)
            throws InterruptedException {
        String path = "/v1/instances/%s?incarnation=%d"
                .formatted(URLEncoder.encode(each.id(), StandardCharsets.UTF_8), each.incarnation());
        try {
            RegistryHttp.Answer answer = registry.send(method, path, body);
            if (!answer.isOk()) {
                log.info("{} of {} was answered {}: {}", method, each.spec().service(), answer.status(), answer.text());
            }
            return true;
        } catch (IOException e) {
            log.info(
                    "{} of {}: no registry could be asked: {}",
                    method,
                    each.spec().service(),
                    e.getMessage());
            return false;
        }
    }

    private interface Work {
        void run() throws InterruptedException;
    }

    /** Settings of a client. */
    public static final class Builder {
        private final List<String> urls;
        private String app = "moa";
        private @Nullable String token;
        private @Nullable InetSocketAddress moaAddress;
        private @Nullable SslContext ssl;
        private boolean sslRequired;
        private int ttlSeconds = DEFAULT_TTL_SECONDS;

        private Builder(List<String> urls) {
            if (urls.isEmpty()) {
                throw new IllegalArgumentException("registries: none (expected: at least one URL)");
            }
            this.urls = List.copyOf(urls);
        }

        /** Sets the name of this process as the registry shows it ({@code moa}). */
        public Builder app(String name) {
            app = name;
            return this;
        }

        /** Sets the token that is shown to the registry; null, the default, where none is asked for. */
        public Builder token(@Nullable String secret) {
            token = secret;
            return this;
        }

        /**
         * Sets TLS: to {@code https} URLs, and to a moa port that is announced as {@code tls://} or set here; one of the
         * JDK's provider, as Netty's builder makes unless told otherwise. Null, the default, means that {@code https} goes by
         * the JVM's own trust, and no connection is held to a moa port that speaks TLS.
         */
        public Builder ssl(@Nullable SslContext newSsl) {
            ssl = newSsl;
            return this;
        }

        /** Sets whether to send nothing without TLS (false). */
        public Builder sslRequired(boolean required) {
            sslRequired = required;
            return this;
        }

        /** Sets the registry's moa port for the held connection; null, the default, means what it announces. */
        public Builder moaAddress(@Nullable InetSocketAddress address) {
            moaAddress = address;
            return this;
        }

        /**
         * Sets how long the leases last without a renewal (10 s; 1 s to 1 h, and what the registry allows, by default
         * not below 5 s); they are renewed three times in it.
         */
        public Builder ttl(Duration time) {
            if (time.toSeconds() < 1 || time.toSeconds() > 3_600) {
                throw new IllegalArgumentException("ttl: %s (expected: 1 s to 1 h)".formatted(time));
            }
            ttlSeconds = (int) time.toSeconds();
            return this;
        }

        /**
         * Returns the client, which does nothing before its start.
         *
         * @throws IllegalArgumentException if a registry cannot be asked in the way that is set
         */
        public RegistryClient build() {
            RegistryHttp.check(urls, ssl, sslRequired);
            return new RegistryClient(this);
        }
    }
}
