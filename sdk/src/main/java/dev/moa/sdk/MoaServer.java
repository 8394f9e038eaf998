package dev.moa.sdk;

import dev.moa.protocol.CallHandler;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.IncomingCall;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.server.Authenticator;
import dev.moa.protocol.server.MoaPort;
import dev.moa.protocol.server.PortLimits;
import dev.moa.protocol.server.RespExtension;
import dev.moa.sdk.codec.BodyCodec;
import dev.moa.sdk.codec.CborCodec;
import dev.moa.sdk.lookup.InstanceAddress;
import dev.moa.sdk.publish.DescribedService;
import dev.moa.sdk.publish.PublishedService;
import dev.moa.sdk.publish.ServiceLimits;
import dev.moa.sdk.publish.Workers;
import dev.moa.sdk.registry.InstanceSpec;
import dev.moa.sdk.registry.RegistrationState;
import dev.moa.sdk.registry.RegistryClient;
import dev.moa.sdk.stats.MethodStatistics;
import dev.moa.sdk.stats.Statistics;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Publishes services on one moa port, which speaks RESP, moa frames and HTTP, and keeps them registered.
 *
 * <p>{@link #start()} binds the port and returns; registering goes on in the background for as long as it takes.
 * {@link #close()} drains first: callers see DRAINING and GOAWAY, running calls finish, then the instance leaves.
 * Whoever starts a server closes it.
 */
public final class MoaServer implements AutoCloseable {

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

    private static final Payload NOT_STARTED = Payload.json("{\"started\":false}");

    private final Builder settings;
    private final Map<ServiceName, Offer> services;
    private final @Nullable CallHandler fallback;
    private final ServerInterceptor.Next chain;
    private final Workers workers;
    private @Nullable MoaPort port;
    private @Nullable RegistryClient registry;
    private boolean drained;
    private boolean closed;

    private MoaServer(Builder settings) {
        this.settings = settings;
        this.workers = Workers.named("sdk-call");
        Map<ServiceName, Offer> byName = new LinkedHashMap<>();
        settings.publications.forEach((name, publication) ->
                byName.put(name, new Offer(name, publication.handler(name, workers), settings.statistics)));
        this.services = Map.copyOf(byName);
        this.fallback = settings.fallback;
        ServerInterceptor.Next next = this::dispatch;
        for (int i = settings.interceptors.size() - 1; i >= 0; i--) {
            ServerInterceptor interceptor = settings.interceptors.get(i);
            ServerInterceptor.Next rest = next;
            next = (request, call) -> interceptor.intercept(request, call, rest);
        }
        this.chain = next;
    }

    /** Returns the settings of a server on 127.0.0.1 with nothing published. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Binds the port and starts to register. A second start does nothing.
     *
     * @throws java.io.UncheckedIOException if the port cannot be bound
     */
    public synchronized MoaServer start() {
        if (closed) {
            throw new IllegalStateException("server: closed (expected: a new one)");
        }
        if (port == null) {
            port = MoaPort.builder(this::serve)
                    .host(settings.host)
                    .port(settings.port)
                    .name(settings.app)
                    .authenticator(settings.authenticator)
                    .limits(settings.limits)
                    .ssl(settings.ssl)
                    .respExtension(settings.respExtension)
                    .operatorLines(new OperatorLines(settings.statistics, services))
                    .build()
                    .start();
            Statistics counted = settings.statistics;
            if (counted != null) {
                services.keySet().forEach(counted::serves);
            }
            register(port.port());
        }
        return this;
    }

    /** Returns the TCP port that it listens on; 0 before the start. */
    public synchronized int port() {
        return port == null ? 0 : port.port();
    }

    /** Returns the names of the published services. */
    public Set<ServiceName> services() {
        return new TreeSet<>(services.keySet());
    }

    private void register(int boundPort) {
        if (settings.registries.isEmpty() || services.isEmpty()) {
            return;
        }
        RegistryClient client = RegistryClient.builder(settings.registries)
                .app(settings.app)
                .token(settings.token)
                .moaAddress(settings.registryMoaAddress)
                .ssl(settings.registrySsl)
                .sslRequired(settings.registrySslRequired)
                .build();
        String host = AdvertisedHost.of(settings.advertiseHost, settings.host);
        for (ServiceName service : services.keySet()) {
            client.register(new InstanceSpec(
                    service,
                    host,
                    boundPort,
                    settings.ssl == null ? InstanceAddress.MOA_PORT : InstanceAddress.MOA_PORT_OVER_TLS,
                    settings.weight,
                    settings.zone,
                    settings.version,
                    settings.tags,
                    settings.metadata));
        }
        registry = client.start();
    }

    /** Returns how the registration of each service stands; empty without registries or before the start. */
    public List<RegistrationState> registrations() {
        RegistryClient client;
        synchronized (this) {
            client = registry;
        }
        return client == null ? List.of() : client.registrations();
    }

    /** Returns the calls that are under way. */
    public int inFlight() {
        MoaPort bound;
        synchronized (this) {
            bound = port;
        }
        return bound == null ? 0 : bound.inFlight();
    }

    /**
     * Leaves without a failed call: marks the instances DRAINING and gives watchers a moment to see it; tells
     * connected callers to go elsewhere (GOAWAY, MOVING, {@code Connection: close}) and serves them on for the quiet
     * time; waits until running calls are answered and RESP and HTTP connections have ended, each between two
     * replies, or {@code limit} has passed; and takes the instances out of the registry. Replies still leave until
     * {@link #close()}. A second drain does nothing.
     */
    public void drain(Duration limit) {
        MoaPort bound;
        RegistryClient client;
        synchronized (this) {
            if (drained || port == null) {
                return;
            }
            drained = true;
            bound = port;
            client = registry;
        }
        new Drain(bound, client, settings.quietTime, settings.successors).run(limit);
    }

    /** Drains for at most 10 s, leaves the registry and closes the port. A second close does nothing. */
    @Override
    public void close() {
        MoaPort bound;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            bound = port;
        }
        drain(CLOSE_LIMIT);
        if (bound != null) {
            bound.close();
        }
        workers.close();
    }

    private CompletionStage<CallResponse> serve(CallRequest request, IncomingCall call) {
        // calls that a fallback passes on are counted where they end
        Offer offer = services.get(request.service());
        MethodStatistics counted = offer == null ? null : offer.counted(request.method());
        if (counted == null) {
            return chain.proceed(request, call);
        }
        return CountedCall.serve(counted, request, call, chain);
    }

    private CompletionStage<CallResponse> dispatch(CallRequest request, IncomingCall call) {
        Offer offer = services.get(request.service());
        CallHandler handler = offer == null ? fallback : offer.handler();
        if (handler == null) {
            return CompletableFuture.completedFuture(CallResponse.failure(
                    request.id(),
                    StatusCode.NOT_FOUND,
                    "service '%s' is not published here (published: %s)"
                            .formatted(request.service(), new TreeSet<>(services.keySet())),
                    NOT_STARTED));
        }
        if (request.args().format() != Payload.Format.JSON && takesJsonOnly(handler)) {
            return CompletableFuture.completedFuture(CallResponse.failure(
                    request.id(),
                    StatusCode.FAILED_PRECONDITION,
                    "%s: %s (expected: JSON)"
                            .formatted(request.service(), request.args().format()),
                    Payload.JSON_EXPECTED));
        }
        return handler.handle(request, call);
    }

    /** A fallback hands bodies on as they are, and a published interface knows its own; other handlers read JSON. */
    private boolean takesJsonOnly(CallHandler handler) {
        return handler != fallback && !(handler instanceof PublishedService);
    }

    /** What is to be published under a name. */
    private interface Publication {
        CallHandler handler(ServiceName name, Executor threads);
    }

    /** Settings of a server. */
    public static final class Builder {
        private final Map<ServiceName, Publication> publications = new LinkedHashMap<>();
        private final List<ServerInterceptor> interceptors = new ArrayList<>();
        private String app = "moa";
        private String host = "127.0.0.1";
        private int port;
        private @Nullable String advertiseHost;
        private List<String> registries = List.of();
        private @Nullable InetSocketAddress registryMoaAddress;
        private @Nullable String token;
        private @Nullable SslContext ssl;
        private @Nullable SslContext registrySsl;
        private boolean registrySslRequired;
        private Authenticator authenticator = Authenticator.none();
        private PortLimits limits = PortLimits.defaults();
        private Duration quietTime = Duration.ofSeconds(1);
        private @Nullable Supplier<List<InetSocketAddress>> successors;
        private ServiceLimits serviceLimits = ServiceLimits.defaults();
        private @Nullable CallHandler fallback;
        private @Nullable RespExtension respExtension;
        private @Nullable Statistics statistics;
        private @Nullable String zone;
        private @Nullable String version;
        private int weight = InstanceAddress.DEFAULT_WEIGHT;
        private Map<String, String> tags = Map.of();
        private Map<String, String> metadata = Map.of();
        private List<BodyCodec> codecs = List.of(CborCodec.INSTANCE);

        private Builder() {}

        /** Sets the name of this process in statistics and logs ({@code moa}). */
        public Builder app(String name) {
            app = name;
            return this;
        }

        /** Sets the address to bind ({@code 127.0.0.1}); beyond loopback an authenticator belongs to it. */
        public Builder host(String address) {
            host = address;
            return this;
        }

        /** Sets the TCP port; 0, the default, takes any free one. */
        public Builder port(int number) {
            port = number;
            return this;
        }

        /** Sets the host that callers use; null, the default, means the bound one, or the machine's own for a wildcard. */
        public Builder advertiseHost(@Nullable String name) {
            advertiseHost = name;
            return this;
        }

        /** Sets the registries' base URLs, tried in turn; none, the default, means that nothing is registered. */
        public Builder registries(List<String> urls) {
            registries = List.copyOf(urls);
            return this;
        }

        /**
         * Sets the registry's moa port, to which a connection is held; null, the default, means what the registry
         * announces.
         */
        public Builder registryMoaAddress(@Nullable InetSocketAddress address) {
            registryMoaAddress = address;
            return this;
        }

        /** Sets the token that this process shows to the registry; null, the default, where none is asked for. */
        public Builder token(@Nullable String secret) {
            token = secret;
            return this;
        }

        /**
         * Sets TLS at the port, after which it serves nothing else and is registered as {@code tls}; null, the default, for
         * plain TCP.
         */
        public Builder ssl(@Nullable SslContext newSsl) {
            ssl = newSsl;
            return this;
        }

        /** Sets TLS to the registries, as {@link RegistryClient.Builder#ssl} does; null, the default, for none. */
        public Builder registrySsl(@Nullable SslContext newSsl) {
            registrySsl = newSsl;
            return this;
        }

        /** Sets whether to tell the registries nothing without TLS (false). */
        public Builder registrySslRequired(boolean required) {
            registrySslRequired = required;
            return this;
        }

        /** Publishes the methods of an interface, with the default limits or those set before. */
        public <T> Builder publish(ServiceName service, Class<T> type, T implementation) {
            ServiceLimits own = serviceLimits;
            return add(
                    service, (name, threads) -> new PublishedService(name, type, implementation, threads, own, codecs));
        }

        /** Publishes a service that decodes its calls itself. */
        public Builder publish(ServiceName service, CallHandler handler) {
            return add(service, (name, threads) -> handler);
        }

        /**
         * Publishes a service that decodes its calls itself.
         *
         * @param described an interface that says what they are, for {@code $describe} and {@code $openapi}
         */
        public Builder publish(ServiceName service, CallHandler handler, Class<?> described) {
            return add(service, (name, threads) -> new DescribedService(name, described, handler, threads));
        }

        /** Sets what answers calls to services that are not published here; null, the default, means NOT_FOUND. */
        public Builder fallback(@Nullable CallHandler handler) {
            fallback = handler;
            return this;
        }

        /** Sets what RESP commands the port answers beside those of every port; null, the default, for none. */
        public Builder respExtension(@Nullable RespExtension extension) {
            respExtension = extension;
            return this;
        }

        /** Adds an interceptor; the first added is the outermost. */
        public Builder interceptor(ServerInterceptor interceptor) {
            interceptors.add(interceptor);
            return this;
        }

        /** Sets who may call (everybody). */
        public Builder authenticator(Authenticator newAuthenticator) {
            authenticator = newAuthenticator;
            return this;
        }

        /** Sets the limits of the port. */
        public Builder limits(PortLimits newLimits) {
            limits = newLimits;
            return this;
        }

        /**
         * Sets how long a server that drains serves its RESP and HTTP callers on while they move (1 s); it waits no
         * longer than until they are gone. Above it lie the pauses of callers who look rarely whether they should go.
         */
        public Builder quietTime(Duration time) {
            quietTime = time;
            return this;
        }

        /**
         * Sets who says where callers may go when this server drains, asked once, on the thread that drains; null,
         * the default, means the registry: those that are up and serve all of its services.
         */
        public Builder successors(@Nullable Supplier<List<InetSocketAddress>> supplier) {
            successors = supplier;
            return this;
        }

        /** Sets the limits of each service that is published from here on. */
        public Builder serviceLimits(ServiceLimits newLimits) {
            serviceLimits = newLimits;
            return this;
        }

        /**
         * Sets the binary bodies that published interfaces take from callers that have derived the same types
         * ({@link CborCodec}); JSON is always taken.
         */
        public Builder codecs(List<BodyCodec> newCodecs) {
            codecs = List.copyOf(newCodecs);
            return this;
        }

        /** Sets where calls are counted; null, the default, for nowhere. */
        public Builder statistics(@Nullable Statistics newStatistics) {
            statistics = newStatistics;
            return this;
        }

        /** Sets where this process stands; null, the default, where unknown. */
        public Builder zone(@Nullable String name) {
            zone = name;
            return this;
        }

        /** Sets what this process runs; null, the default, where unknown. */
        public Builder version(@Nullable String name) {
            version = name;
            return this;
        }

        /** Sets the share of the calls relative to other instances (100). */
        public Builder weight(int share) {
            weight = share;
            return this;
        }

        /** Sets the tags that callers may choose by (none). */
        public Builder tags(Map<String, String> newTags) {
            tags = Map.copyOf(newTags);
            return this;
        }

        /** Sets what else the instances say of themselves (nothing). */
        public Builder metadata(Map<String, String> newMetadata) {
            metadata = Map.copyOf(newMetadata);
            return this;
        }

        /**
         * Returns the server, not started.
         *
         * @throws IllegalArgumentException if an interface cannot be published
         */
        public MoaServer build() {
            return new MoaServer(this);
        }

        private Builder add(ServiceName service, Publication publication) {
            if (publications.putIfAbsent(service, publication) != null) {
                throw new IllegalArgumentException("service: '%s' is published twice".formatted(service));
            }
            return this;
        }
    }
}
