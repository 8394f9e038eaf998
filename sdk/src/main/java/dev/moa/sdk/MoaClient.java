package dev.moa.sdk;

import dev.moa.protocol.CallContext;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.sdk.balance.Balancer;
import dev.moa.sdk.call.CallExplanation;
import dev.moa.sdk.call.CallOptions;
import dev.moa.sdk.call.CallSettings;
import dev.moa.sdk.call.Calls;
import dev.moa.sdk.call.InstanceView;
import dev.moa.sdk.codec.BodyCodec;
import dev.moa.sdk.codec.CborCodec;
import dev.moa.sdk.context.CallScope;
import dev.moa.sdk.context.TraceContext;
import dev.moa.sdk.lookup.Directory;
import dev.moa.sdk.lookup.RouterDirectory;
import dev.moa.sdk.proxy.ServiceProxy;
import dev.moa.sdk.stats.CallSide;
import dev.moa.sdk.stats.MethodStatistics;
import dev.moa.sdk.stats.Statistics;
import io.netty.handler.ssl.SslContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Calls services: finds their instances, keeps one connection to each, balances, retries where that is safe, and
 * ends every call by its deadline.
 *
 * <p>Safe for many threads; one per process is enough. It opens connections when they are first needed. Whoever
 * builds a client closes it.
 */
public final class MoaClient implements AutoCloseable {

    private final String app;
    private final Duration timeout;
    private final Directory directory;
    private final @Nullable RouterDirectory ownDirectory;
    private final List<ClientInterceptor> interceptors;
    private final @Nullable Statistics statistics;
    private final Calls calls;
    private final @Nullable BodyCodec codec;
    private final double traceRatio;

    private MoaClient(Builder settings) {
        this.app = settings.app;
        this.timeout = settings.timeout;
        this.statistics = settings.statistics;
        this.codec = settings.codec;
        this.traceRatio = settings.traceRatio;
        this.interceptors = List.copyOf(settings.interceptors);
        ConnectionOptions connection = ConnectionOptions.defaults()
                .withToken(settings.token)
                .withApp(settings.app)
                .withSsl(settings.ssl);
        Directory given = settings.directory;
        RouterDirectory own =
                given == null ? new RouterDirectory(settings.routers, connection, settings.snapshot) : null;
        Directory used = own != null ? own : given;
        this.ownDirectory = own;
        this.directory = Objects.requireNonNull(used);
        Map<ServiceName, Balancer> balancers = Map.copyOf(settings.balancers);
        Balancer ofAll = settings.balancer;
        this.calls = new Calls(
                directory,
                service -> balancers.getOrDefault(service, ofAll),
                settings.callSettings.withZone(settings.zone),
                connection,
                settings.sslRequired);
    }

    /** Returns the settings of a client of the router at 127.0.0.1:6382. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Calls a method of a service. Within a served call ({@link CallScope#current()}) it takes over that call's
     * deadline, trace and tags, and is cancelled with it.
     *
     * @param request its {@code ctx.timeoutMs} is the time for the whole call with its retries; 0 means the client's
     * @return never completes exceptionally: a failure is a response; cancelling it cancels the call
     */
    public CompletableFuture<CallResponse> call(CallRequest request) {
        return call(request, CallOptions.DEFAULT);
    }

    /** As {@link #call(CallRequest)}, for a call that the caller knows more about. */
    public CompletableFuture<CallResponse> call(CallRequest request, CallOptions options) {
        CallScope scope = CallScope.current();
        Deadline deadline = Deadline.afterMillis(timeoutMs(request));
        if (scope != null) {
            deadline = deadline.earlier(scope.deadline());
        }
        MethodStatistics counted =
                statistics == null ? null : statistics.method(request.service(), request.method(), CallSide.CLIENT);
        long startedAt = System.nanoTime();
        if (counted != null) {
            counted.started();
        }
        CallContext given = request.ctx();
        boolean explained = options.explained() || given.tags().containsKey(CallOptions.WHY_TAG);
        CallContext ctx = context(explained ? withoutWhy(given) : given, scope);
        CompletableFuture<CallResponse> answer = new OutgoingCall(
                        this::dispatch, interceptors, explained ? options.withExplanation() : options)
                .start(request.withCtx(ctx), deadline);
        if (counted != null) {
            answer.whenComplete((response, cancelled) -> counted.ended(
                    response == null ? StatusCode.CANCELLED : response.code(),
                    System.nanoTime() - startedAt,
                    response == null || response.result() == null
                            ? 0
                            : response.result().length(),
                    request.args().length()));
        }
        if (scope != null && !answer.isDone()) {
            scope.onCancel(() -> answer.cancel(false));
        }
        return answer;
    }

    /**
     * Calls without an answer (ONEWAY). The future completes with OK and null once the call is on its way to an
     * instance: that it arrived, was taken or succeeded nobody says. A failure means that nothing was sent. It is
     * sent to another instance where one cannot be reached, counted as other calls are, and waits no longer than its
     * timeout for an instance that does not read.
     */
    public CompletableFuture<CallResponse> send(CallRequest request) {
        return call(request, CallOptions.ONEWAY);
    }

    /** Behind the interceptors. */
    private CompletableFuture<CallResponse> dispatch(CallRequest request, Deadline deadline, CallOptions options) {
        CallContext ctx = request.ctx();
        CallRequest traced = ctx.traceparent() != null
                ? request
                : request.withCtx(ctx.withTrace(startTrace().traceparent(), ctx.path()));
        return calls.call(traced, deadline, options);
    }

    private long timeoutMs(CallRequest request) {
        if (request.ctx().timeoutMs() > 0) {
            return request.ctx().timeoutMs();
        }
        Duration said = calls.timeout(request.service(), request.method());
        return said == null ? timeout.toMillis() : said.toMillis();
    }

    /**
     * Calls as {@link #call(CallRequest, CallOptions)} does; {@link CallResponse#why()} says which instances this client
     * weighed at each attempt, how they stood, and what budget there was. {@link CallExplanation#parse} reads it.
     */
    public CompletableFuture<CallResponse> explain(CallRequest request, CallOptions options) {
        return call(request, options.withExplanation());
    }

    /** The first client that makes a choice explains it; the services behind it are not asked to. */
    private static CallContext withoutWhy(CallContext given) {
        if (!given.tags().containsKey(CallOptions.WHY_TAG)) {
            return given;
        }
        Map<String, String> tags = new HashMap<>(given.tags());
        tags.remove(CallOptions.WHY_TAG);
        return new CallContext(
                given.app(), given.timeoutMs(), given.traceparent(), given.path(), tags, given.carried());
    }

    /**
     * Returns an object whose methods call the service: methods that return a
     * {@link java.util.concurrent.CompletionStage} at once, others when the answer is there, those marked
     * {@link dev.moa.sdk.annotation.Oneway} when the call is on its way. Failures
     * are the exceptions that the method declares, else {@link MoaException}s.
     *
     * @throws IllegalArgumentException if {@code type} is not an interface or has overloaded methods
     */
    public <T> T proxy(ServiceName service, Class<T> type) {
        return ServiceProxy.of(service, type, codec, this::call, this::timeoutMs);
    }

    /** Calls in parallel; the responses are in the order of the requests, each failure in its place. */
    public CompletableFuture<List<CallResponse>> batch(List<CallRequest> requests) {
        List<CompletableFuture<CallResponse>> answers = new ArrayList<>(requests.size());
        for (CallRequest request : requests) {
            answers.add(call(request));
        }
        CompletableFuture<List<CallResponse>> all = CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(done -> answers.stream().map(CompletableFuture::join).toList());
        all.whenComplete((responses, failure) -> {
            if (all.isCancelled()) {
                answers.forEach(answer -> answer.cancel(false));
            }
        });
        return all;
    }

    /** Returns where the client looks services up. */
    public Directory directory() {
        return directory;
    }

    /** Returns the services that were called lately; any other has no connections and no figures here. */
    public Set<ServiceName> services() {
        return calls.services();
    }

    /** Returns how the instances of a service look from this client: why each gets the calls it gets. */
    public List<InstanceView> instances(ServiceName service) {
        return calls.instances(service);
    }

    /** Closes the connections; calls in flight end UNAVAILABLE. A second close does nothing. */
    @Override
    public void close() {
        calls.close();
        if (ownDirectory != null) {
            ownDirectory.close();
        }
    }

    private CallContext context(CallContext given, @Nullable CallScope scope) {
        TraceContext parent = TraceContext.parse(given.traceparent());
        String path = given.path();
        if (parent == null && scope != null) {
            parent = scope.isTraced() ? scope.trace() : scope.trace().sampled(traceRatio);
            path = path == null ? scope.nextPath() : path;
        }
        return new CallContext(
                given.app() == null ? app : given.app(),
                given.timeoutMs(),
                // an interceptor that traces begins the trace, and its sampler decides; else startTrace() does
                parent == null ? null : parent.next().traceparent(),
                path == null ? "0" : path,
                tags(given.tags(), scope),
                given.carried());
    }

    /**
     * Returns the beginning of a trace for calls that belong together, sampled as the {@linkplain
     * Builder#traceRatio ratio} says.
     */
    public TraceContext startTrace() {
        return TraceContext.start().sampled(traceRatio);
    }

    private static Map<String, String> tags(Map<String, String> given, @Nullable CallScope scope) {
        if (scope == null || scope.tags().isEmpty()) {
            return given;
        }
        if (given.isEmpty()) {
            return scope.tags();
        }
        Map<String, String> both = new HashMap<>(scope.tags());
        both.putAll(given);
        return both;
    }

    /** Settings of a client. */
    public static final class Builder {
        private final List<ClientInterceptor> interceptors = new ArrayList<>();
        private String app = "moa";
        private List<String> routers = List.of("127.0.0.1:6382");
        private @Nullable Directory directory;
        private @Nullable Path snapshot;
        private @Nullable String token;
        private @Nullable SslContext ssl;
        private boolean sslRequired;
        private Duration timeout = Duration.ofSeconds(1);
        private Balancer balancer = Balancer.powerOfTwoChoices();
        private final Map<ServiceName, Balancer> balancers = new HashMap<>();
        private @Nullable Statistics statistics;
        private @Nullable String zone;
        private CallSettings callSettings = CallSettings.defaults();
        private @Nullable BodyCodec codec = CborCodec.INSTANCE;
        private double traceRatio = 0.1;

        private Builder() {}

        /** Sets the name of this process as services see it ({@code moa}). */
        public Builder app(String name) {
            app = name;
            return this;
        }

        /**
         * Sets the routers' moa ports as {@code host:port} ({@code 127.0.0.1:6382}), or {@code tls://host:port} where they
         * speak TLS; any of them will do.
         */
        public Builder routers(List<String> addresses) {
            routers = List.copyOf(addresses);
            return this;
        }

        /**
         * Sets the file that keeps where the services are that this process calls, so that it can call them after a
         * restart while no router answers; null, the default, for none. It is replaced at each change and once a minute,
         * and keeps what only former runs called for a week; where it cannot be written calls go on without it. An
         * answer from it has the age since a router last confirmed it. Who can write it decides where calls go: it
         * belongs into a directory of the application's own. Processes of one application may share it.
         */
        public Builder snapshot(@Nullable Path file) {
            snapshot = file;
            return this;
        }

        /** Sets where services are looked up, instead of the routers; the caller closes it. */
        public Builder directory(@Nullable Directory newDirectory) {
            directory = newDirectory;
            return this;
        }

        /** Sets the token that this process shows to routers and services; null, the default, where none is asked for. */
        public Builder token(@Nullable String secret) {
            token = secret;
            return this;
        }

        /**
         * Sets TLS to instances that say that they speak it, and to routers given as {@code tls://}; others are called
         * without. Null, the default, for none: instances that speak TLS cannot be called. Netty's contexts of clients check
         * the host name unless told otherwise.
         */
        public Builder ssl(@Nullable SslContext newSsl) {
            ssl = newSsl;
            return this;
        }

        /** Sets whether to call nobody without TLS, neither instances nor routers (false). */
        public Builder sslRequired(boolean required) {
            sslRequired = required;
            return this;
        }

        /** Sets the time for a call that names none, with its retries (1 s). */
        public Builder timeout(Duration newTimeout) {
            if (newTimeout.toMillis() <= 0) {
                throw new IllegalArgumentException("timeout: %s (expected: at least 1 ms)".formatted(newTimeout));
            }
            timeout = newTimeout;
            return this;
        }

        /** Adds an interceptor; the first added is the outermost. */
        public Builder interceptor(ClientInterceptor interceptor) {
            interceptors.add(interceptor);
            return this;
        }

        /** Sets how instances are chosen ({@link Balancer#powerOfTwoChoices()}). */
        public Builder balancer(Balancer newBalancer) {
            balancer = newBalancer;
            return this;
        }

        /** Sets how the instances of one service are chosen, instead of what counts for all. */
        public Builder balancer(ServiceName service, Balancer newBalancer) {
            balancers.put(service, newBalancer);
            return this;
        }

        /** Sets where calls are counted; null, the default, for nowhere. */
        public Builder statistics(@Nullable Statistics newStatistics) {
            statistics = newStatistics;
            return this;
        }

        /**
         * Sets the share of the traces that begin here without a tracer and are marked as sampled, 0 to 1 (0.1). Where
         * an interceptor begins the trace, its sampler decides instead; a trace that a caller began stays as it is.
         */
        public Builder traceRatio(double ratio) {
            if (!(ratio >= 0 && ratio <= 1)) {
                throw new IllegalArgumentException("traceRatio: %s (expected: 0 to 1)".formatted(ratio));
            }
            traceRatio = ratio;
            return this;
        }

        /** Sets where this process stands, for balancers that prefer the same zone; null, the default, where unknown. */
        public Builder zone(@Nullable String name) {
            zone = name;
            return this;
        }

        /** Sets limits, retries, ejection, circuit breaker and bulkhead. */
        public Builder calls(CallSettings settings) {
            callSettings = settings;
            return this;
        }

        /**
         * Sets how proxies write bodies to instances that have derived the same types from the same interface
         * ({@link CborCodec}); null means JSON always. With any other instance it is JSON.
         */
        public Builder codec(@Nullable BodyCodec newCodec) {
            codec = newCodec;
            return this;
        }

        /**
         * Returns the client. Nothing is connected yet.
         *
         * @throws IllegalArgumentException if a router cannot be asked in the way that is set
         */
        public MoaClient build() {
            for (String router : sslRequired && directory == null ? routers : List.<String>of()) {
                if (!router.startsWith("tls://")) {
                    throw new IllegalArgumentException(
                            "router: '%s' (expected: tls://%s, as TLS is required)".formatted(router, router));
                }
            }
            return new MoaClient(this);
        }
    }
}
