package dev.moa.router.wire;

import dev.moa.protocol.CallHandler;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.IncomingCall;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.router.address.InstanceJson;
import dev.moa.router.address.LookupFilter;
import dev.moa.router.chain.Lookup;
import dev.moa.router.chain.LookupAnswer;
import dev.moa.router.live.Loss;
import dev.moa.router.memo.Memo;
import dev.moa.router.peers.Digests;
import dev.moa.router.store.Revision;
import dev.moa.router.watch.WatchAnswer;
import dev.moa.router.watch.Watches;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code /service/lookup}: {@code lookup(service, filter)} and {@code watch(token, services, waitMs)}. Routers ask each
 * other {@code digest()}, {@code digests(after)} and {@code losses(marks)}.
 *
 * <p>Answers from memory are given on the event loop; where the chain must wait for Redis or a name server,
 * threads named {@code router-lookup-n} do it.
 */
public final class LookupHandler implements CallHandler, AutoCloseable {

    /** The service's name. */
    public static final ServiceName SERVICE = ServiceName.of("/service/lookup");

    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final int THREADS = 8;
    private static final int MAX_QUEUED = 2_000;
    private static final int MAX_DIGESTS = 1_000;
    private static final int MAX_LOSSES = 200;
    private static final int MAX_LOSSES_ASKED = 8;
    private static final Duration MAX_LOOKUP = Duration.ofSeconds(2);

    /** A watch answers this much before its caller's deadline, so that the answer arrives in time. */
    private static final long MARGIN_MS = 100;

    /** The arguments of lookups that are kept parsed. */
    private static final int ASKED = 4_096;

    private final Lookup lookup;
    private final Watches watches;
    private final LoadBalancers balancers;
    private final Function<Map<ServiceName, String>, CompletableFuture<List<Loss>>> losses;
    private final Memo<Question> asked = new Memo<>(ASKED);
    private final Digests digests;
    private final AtomicInteger threads = new AtomicInteger();
    private final AtomicInteger lossesAsked = new AtomicInteger();
    private final ThreadPoolExecutor workers = new ThreadPoolExecutor(
            THREADS, THREADS, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_QUEUED), this::thread);

    /** Those that this router tells of changes. */
    public interface LoadBalancers {
        /** Returns who may still send new connections of a service to an address, for people. */
        List<String> sendingTo(ServiceName service, String host, int port);
    }

    private record Question(ServiceName service, LookupFilter filter) {}

    /** @param losses what this router makes of the losses of some services, where their marks are others */
    public LookupHandler(
            Lookup lookup,
            Watches watches,
            LoadBalancers balancers,
            Digests digests,
            Function<Map<ServiceName, String>, CompletableFuture<List<Loss>>> losses) {
        this.digests = digests;
        this.losses = losses;
        this.lookup = lookup;
        this.watches = watches;
        this.balancers = balancers;
        workers.allowCoreThreadTimeOut(true);
    }

    @Override
    public CompletionStage<CallResponse> handle(CallRequest request, IncomingCall call) {
        try {
            return switch (request.method()) {
                case "lookup" -> lookup(request, call);
                case "watch" -> watch(request, call);
                case "sending" -> sending(request);
                case "watchers" -> watchers(request, call);
                case "digest" -> later(request, call, () -> total());
                case "digests" -> later(request, call, () -> digests(args(request.args())));
                case "losses" -> losses(request);
                default ->
                    throw new MoaException(
                            StatusCode.UNIMPLEMENTED,
                            "%s has no method '%s' (expected: lookup, watch, sending, watchers, digest, digests, losses)"
                                    .formatted(SERVICE, request.method()));
            };
        } catch (MoaException e) {
            return done(e.toResponse(request.id()));
        } catch (IllegalArgumentException e) {
            return done(
                    CallResponse.failure(request.id(), StatusCode.INVALID_ARGUMENT, String.valueOf(e.getMessage())));
        }
    }

    private CompletionStage<CallResponse> lookup(CallRequest request, IncomingCall call) {
        Question question = question(request.args());
        ServiceName service = question.service;
        LookupFilter filter = question.filter;
        LookupAnswer.Found now = lookup.findNow(service);
        if (now != null) {
            return done(CallResponse.success(request.id(), Payload.json(now.json(filter, System.currentTimeMillis()))));
        }
        return later(request, call, () -> {
            Deadline deadline = call.deadline().earlier(Deadline.after(MAX_LOOKUP));
            return response(request, lookup.find(service, deadline), filter);
        });
    }

    private Object total() {
        Collection<Digests.Digest> all = digests.all().values();
        return Map.of("router", digests.router(), "digest", Digests.total(all), "services", all.size());
    }

    /** Returns the digests of the services behind the name given, so many at once. */
    private Object digests(JsonNode args) {
        JsonNode after = argument(args, 0, "after");
        Collection<Digests.Digest> rest = digests.all()
                .tailMap(after == null ? "" : after.asString(""), false)
                .values();
        return Map.of("digests", rest.stream().limit(MAX_DIGESTS).toList(), "more", rest.size() > MAX_DIGESTS);
    }

    private CompletionStage<CallResponse> losses(CallRequest request) {
        JsonNode named = argument(args(request.args()), 0, "marks");
        if (named == null || !named.isObject() || named.size() > MAX_LOSSES) {
            throw new IllegalArgumentException("marks: %s (expected: at most %d service names, each with a mark)"
                    .formatted(named == null ? null : named.size() + " names", MAX_LOSSES));
        }
        Map<ServiceName, String> marks = new TreeMap<>();
        named.properties()
                .forEach(each ->
                        marks.put(ServiceName.of(each.getKey()), each.getValue().asString("")));
        if (lossesAsked.incrementAndGet() > MAX_LOSSES_ASKED) {
            lossesAsked.decrementAndGet();
            return done(CallResponse.failure(
                    request.id(),
                    StatusCode.RESOURCE_EXHAUSTED,
                    "losses: %d questions at a time (limit); ask again".formatted(MAX_LOSSES_ASKED)));
        }
        try {
            return losses.apply(marks)
                    .thenApplyAsync(found -> CallResponse.success(request.id(), Payload.json(json(found))), workers)
                    .whenComplete((answer, failure) -> lossesAsked.decrementAndGet());
        } catch (RejectedExecutionException e) {
            lossesAsked.decrementAndGet();
            return busy(request);
        }
    }

    private static byte[] json(List<Loss> losses) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = MAPPER.createGenerator(out)) {
            json.writeStartArray();
            for (Loss loss : losses) {
                json.writeStartObject();
                json.writeStringProperty("service", loss.service().value());
                json.writeArrayPropertyStart("known");
                for (Revision life : loss.known()) {
                    json.writeStartObject();
                    json.writeStringProperty("epoch", life.epoch());
                    json.writeNumberProperty("number", life.number());
                    json.writeEndObject();
                }
                json.writeEndArray();
                json.writeStringProperty("epoch", loss.epoch());
                json.writeNumberProperty("revision", loss.revision());
                json.writeArrayPropertyStart("held");
                loss.held().forEach(instance -> InstanceJson.write(json, instance));
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        return out.toByteArray();
    }

    private CompletionStage<CallResponse> later(CallRequest request, IncomingCall call, Supplier<Object> work) {
        CompletableFuture<CallResponse> response = new CompletableFuture<>();
        try {
            workers.execute(() -> {
                if (call.isCancelled()) {
                    response.complete(CallResponse.failure(request.id(), StatusCode.CANCELLED, "cancelled"));
                    return;
                }
                try {
                    Object result = work.get();
                    response.complete(
                            result instanceof CallResponse whole
                                    ? whole
                                    : CallResponse.success(
                                            request.id(), Payload.json(MAPPER.writeValueAsBytes(result))));
                } catch (RuntimeException e) {
                    response.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            return busy(request);
        }
        return response;
    }

    private static CompletionStage<CallResponse> busy(CallRequest request) {
        return done(CallResponse.failure(
                request.id(),
                StatusCode.RESOURCE_EXHAUSTED,
                "lookups: %d wait for Redis already (limit); ask another router".formatted(MAX_QUEUED)));
    }

    private static CallResponse response(CallRequest request, LookupAnswer answer, LookupFilter filter) {
        if (answer instanceof LookupAnswer.Found found) {
            return CallResponse.success(request.id(), Payload.json(found.json(filter, System.currentTimeMillis())));
        }
        if (answer instanceof LookupAnswer.Undecided undecided) {
            return CallResponse.failure(request.id(), StatusCode.UNAVAILABLE, undecided.message());
        }
        return CallResponse.failure(request.id(), StatusCode.NOT_FOUND, ((LookupAnswer.Unknown) answer).message());
    }

    /** For whoever drains: which load balancers may still send new connections to an instance. */
    private CompletionStage<CallResponse> sending(CallRequest request) {
        JsonNode args = args(request.args());
        JsonNode host = argument(args, 1, "host");
        JsonNode port = argument(args, 2, "port");
        if (host == null || !host.isString() || port == null || !port.isInt()) {
            throw new IllegalArgumentException(
                    "host, port: %s, %s (expected: a host and a port)".formatted(host, port));
        }
        ServiceName service = service(argument(args, 0, "service"));
        try {
            // a host may be a name that has to be resolved
            return CompletableFuture.supplyAsync(
                    () -> CallResponse.success(
                            request.id(),
                            Payload.json(MAPPER.writeValueAsBytes(
                                    balancers.sendingTo(service, host.stringValue(), port.intValue())))),
                    workers);
        } catch (RejectedExecutionException e) {
            return busy(request);
        }
    }

    /** For whoever drains: which watching clients of this router may not know yet that an instance is not called. */
    private CompletionStage<CallResponse> watchers(CallRequest request, IncomingCall call) {
        JsonNode args = args(request.args());
        ServiceName service = service(argument(args, 0, "service"));
        JsonNode instance = argument(args, 1, "instance");
        if (instance == null || !instance.isString()) {
            throw new IllegalArgumentException("instance: %s (expected: the id of an instance)".formatted(instance));
        }
        String id = instance.stringValue();
        // all that wait are looked at: milliseconds with tens of thousands of them
        return later(
                request, call, () -> isAnswered(service, id) ? Set.of("this router itself") : watches.behind(service));
    }

    /** Who has what is answered now knows that an instance is out only if the answer itself goes without it. */
    private boolean isAnswered(ServiceName service, String id) {
        LookupAnswer.Found now = lookup.peek(service);
        return now != null
                && now.view().instances().stream()
                        .anyMatch(each -> each.isCallable() && each.id().equals(id));
    }

    private CompletionStage<CallResponse> watch(CallRequest request, IncomingCall call) {
        JsonNode args = args(request.args());
        JsonNode token = argument(args, 0, "token");
        JsonNode names = argument(args, 1, "services");
        JsonNode wait = argument(args, 2, "waitMs");
        if (names == null || !names.isArray()) {
            throw new IllegalArgumentException("services: %s (expected: an array of service names)".formatted(names));
        }
        Set<ServiceName> services = new LinkedHashSet<>();
        names.forEach(name -> services.add(service(name)));
        long waitMs = wait == null ? 0 : wait.asLong(0);
        waitMs = Math.min(waitMs, call.deadline().remainingMillis() - MARGIN_MS);
        CompletableFuture<WatchAnswer> answer = watches.watch(
                String.valueOf(call.peer()),
                token == null || !token.isString() ? null : token.stringValue(),
                services,
                Duration.ofMillis(Math.max(0, waitMs)));
        call.onCancel(() -> answer.cancel(false));
        return answer.handle((found, failure) -> {
            if (failure == null) {
                return CallResponse.success(request.id(), Payload.json(json(found)));
            }
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            return cause instanceof MoaException refused
                    ? refused.toResponse(request.id())
                    : CallResponse.failure(request.id(), StatusCode.CANCELLED, "the watch was cancelled");
        });
    }

    private static byte[] json(WatchAnswer answer) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        // the token's alphabet and the names need no escapes
        out.writeBytes(("{\"token\":\"" + answer.token() + "\",\"answers\":[").getBytes(StandardCharsets.UTF_8));
        String comma = "";
        for (LookupAnswer.Found found : answer.answers()) {
            out.writeBytes(comma.getBytes(StandardCharsets.UTF_8));
            out.writeBytes(found.json(LookupFilter.CALLABLE, System.currentTimeMillis()));
            comma = ",";
        }
        out.writeBytes("],\"unknown\":[".getBytes(StandardCharsets.UTF_8));
        comma = "";
        for (ServiceName service : answer.unknown()) {
            out.writeBytes((comma + "\"" + service + "\"").getBytes(StandardCharsets.UTF_8));
            comma = ",";
        }
        out.writeBytes("]}".getBytes(StandardCharsets.UTF_8));
        return out.toByteArray();
    }

    private Question question(Payload args) {
        Question known = asked.get(args.array(), args.offset(), args.length());
        if (known != null) {
            return known;
        }
        JsonNode json = args(args);
        Question question = new Question(service(argument(json, 0, "service")), filter(argument(json, 1, "filter")));
        asked.put(args.array(), args.offset(), args.length(), question);
        return question;
    }

    private static JsonNode args(Payload args) {
        try {
            return MAPPER.readTree(args.array(), args.offset(), args.length());
        } catch (JacksonException e) {
            throw new IllegalArgumentException("args: not JSON (expected: an array or an object)", e);
        }
    }

    /** Returns an argument by position or by name; null where it is absent or null. */
    private static @Nullable JsonNode argument(JsonNode args, int position, String name) {
        JsonNode value = args.isArray() ? args.path(position) : args.path(name);
        return value.isMissingNode() || value.isNull() ? null : value;
    }

    private static ServiceName service(@Nullable JsonNode node) {
        if (node == null || !node.isString()) {
            throw new IllegalArgumentException("service: %s (expected: a service name)".formatted(node));
        }
        return ServiceName.of(node.stringValue());
    }

    private static LookupFilter filter(@Nullable JsonNode node) {
        if (node == null) {
            return LookupFilter.CALLABLE;
        }
        if (!node.isObject()) {
            throw new IllegalArgumentException(
                    "filter: %s (expected: an object of zone, version, tags, all, lane)".formatted(node));
        }
        Map<String, String> tags = new HashMap<>();
        node.path("tags")
                .properties()
                .forEach(tag -> tags.put(tag.getKey(), tag.getValue().asString()));
        String lane = node.path("lane").isString() ? node.path("lane").stringValue() : null;
        return new LookupFilter(
                        node.path("zone").isString() ? node.path("zone").stringValue() : null,
                        node.path("version").isString() ? node.path("version").stringValue() : null,
                        tags,
                        node.path("all").asBoolean(false))
                .ofLanes(lane);
    }

    private static CompletionStage<CallResponse> done(CallResponse response) {
        return CompletableFuture.completedFuture(response);
    }

    private Thread thread(Runnable work) {
        Thread thread = new Thread(work, "router-lookup-" + threads.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void close() {
        workers.shutdownNow();
    }
}
