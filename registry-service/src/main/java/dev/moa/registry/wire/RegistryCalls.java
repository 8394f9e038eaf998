package dev.moa.registry.wire;

import dev.moa.protocol.CallHandler;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Caller;
import dev.moa.protocol.IncomingCall;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.StatusCode;
import dev.moa.registry.Permissions;
import dev.moa.registry.Refusal;
import dev.moa.registry.catalog.CatalogProperties;
import dev.moa.registry.catalog.ChangeReason;
import dev.moa.registry.catalog.InstanceId;
import dev.moa.registry.catalog.Lease;
import dev.moa.registry.catalog.Position;
import dev.moa.registry.catalog.RedisCatalog;
import dev.moa.registry.catalog.Registration;
import dev.moa.registry.catalog.RegistrationRules;
import dev.moa.registry.probe.HoldProperties;
import dev.moa.registry.probe.Holds;
import dev.moa.registry.quota.WriteQuota;
import dev.moa.registry.watch.SubscriptionHub;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code /service/registry}: {@code hold(leases)}, and what the REST face does, for those who have a moa connection
 * anyway: {@code register(registration)}, {@code renew(leases)}, {@code deregister(id, incarnation)},
 * {@code instances(service)}. Registries ask each other {@code audience(service, epoch, revision)}: who watches, and who has
 * not been told yet.
 *
 * <p>{@code hold} is a long poll: it is answered when its time is over, and called again. What matters is the
 * connection: the registry notices when it breaks.
 */
final class RegistryCalls implements CallHandler {
    private static final Logger log = LoggerFactory.getLogger(RegistryCalls.class);
    private static final String METHODS =
            "hold(leases), register(registration), renew(leases), deregister(id, incarnation), instances(service),"
                    + " audience(service, epoch, revision)";
    // a hold is answered this much before its deadline, for the way back
    private static final long WAY_BACK_MS = 200;

    private final RedisCatalog catalog;
    private final RegistrationRules rules;
    private final CatalogProperties limits;
    private final Holds holds;
    private final SubscriptionHub hub;
    private final HoldProperties limit;
    private final Executor workers;
    private final WriteQuota quota;
    private final JsonMapper json;

    RegistryCalls(
            RedisCatalog catalog,
            RegistrationRules rules,
            CatalogProperties limits,
            Holds holds,
            SubscriptionHub hub,
            HoldProperties limit,
            Executor workers,
            WriteQuota quota,
            JsonMapper json) {
        this.quota = quota;
        this.catalog = catalog;
        this.rules = rules;
        this.limits = limits;
        this.holds = holds;
        this.hub = hub;
        this.limit = limit;
        this.workers = workers;
        this.json = json;
    }

    @Override
    public CompletionStage<CallResponse> handle(CallRequest request, IncomingCall call) {
        return switch (request.method()) {
            case "hold" -> hold(request, call);
            case "register" -> write(request, call, args -> register(args, call));
            case "renew" -> write(request, call, args -> catalog.renew(leases(args, limits.maxLeases(), call)));
            case "deregister" -> write(request, call, args -> deregister(args, call));
            case "instances" ->
                answer(
                        request,
                        call,
                        args -> catalog.snapshot(RegistrationRules.serviceName(text(args, 0, "service"))));
            case "audience" ->
                answer(
                        request,
                        call,
                        args -> hub.audience(
                                RegistrationRules.serviceName(text(args, 0, "service")),
                                new Position(text(args, 1, "epoch"), whole(args, 2, "revision"))));
            default ->
                CompletableFuture.completedFuture(CallResponse.failure(
                        request.id(),
                        StatusCode.UNIMPLEMENTED,
                        "method: '%s' (expected: one of %s)".formatted(request.method(), METHODS)));
        };
    }

    private CompletionStage<CallResponse> hold(CallRequest request, IncomingCall call) {
        long waitMs =
                Math.max(0, Math.min(limit.maxWait().toMillis(), call.deadline().remainingMillis() - WAY_BACK_MS));
        CompletableFuture<CallResponse> answer = new CompletableFuture<>();
        CallResponse held = CallResponse.success(request.id(), Payload.json("{\"heldMs\":" + waitMs + "}"));
        Holds.Hold hold;
        try {
            hold = holds.begin(leases(arguments(request), limit.maxLeases(), call), () -> answer.complete(held));
        } catch (MoaException refusal) {
            return CompletableFuture.completedFuture(refusal.toResponse(request.id()));
        }
        call.onCancel(() -> {
            hold.end(Holds.End.BROKEN);
            answer.cancel(false);
        });
        CompletableFuture.delayedExecutor(waitMs, TimeUnit.MILLISECONDS, Runnable::run)
                .execute(() -> {
                    if (hold.end(Holds.End.ANSWERED)) {
                        answer.complete(held);
                    }
                });
        return answer;
    }

    private Object register(JsonNode args, IncomingCall call) {
        JsonNode body = args.isArray() ? args.path(0) : args;
        Registration registration = rules.registration(body);
        Permissions.require(call.caller(), registration.service());
        return catalog.register(registration);
    }

    private Object deregister(JsonNode args, IncomingCall call) {
        InstanceId id = InstanceId.parse(text(args, 0, "id"));
        Permissions.require(call.caller(), id.service());
        return catalog.remove(id, whole(args, 1, "incarnation"), ChangeReason.GRACEFUL);
    }

    /** One write of the caller's quota, which is the same by this door and by REST. */
    private CompletionStage<CallResponse> write(
            CallRequest request, IncomingCall call, Function<JsonNode, Object> work) {
        Caller caller = call.caller();
        try {
            quota.require(caller == null ? address(call) : caller.name());
        } catch (MoaException refusal) {
            return CompletableFuture.completedFuture(refusal.toResponse(request.id()));
        }
        return answer(request, call, work);
    }

    private static String address(IncomingCall call) {
        return call.peer() instanceof InetSocketAddress from && from.getAddress() != null
                ? from.getAddress().getHostAddress()
                : "unknown";
    }

    // Redis is asked off the event loop
    private CompletionStage<CallResponse> answer(
            CallRequest request, IncomingCall call, Function<JsonNode, Object> work) {
        CompletableFuture<CallResponse> answer = new CompletableFuture<>();
        try {
            workers.execute(() -> {
                if (call.isCancelled() || call.deadline().hasPassed()) {
                    answer.complete(CallResponse.failure(
                            request.id(), StatusCode.DEADLINE_EXCEEDED, "its deadline passed before it was begun"));
                    return;
                }
                try {
                    Object result = work.apply(arguments(request));
                    answer.complete(CallResponse.success(request.id(), Payload.json(json.writeValueAsBytes(result))));
                } catch (MoaException refusal) {
                    answer.complete(refusal.toResponse(request.id()));
                } catch (RuntimeException failure) {
                    log.error("{} failed", request.method(), failure);
                    answer.completeExceptionally(failure);
                }
            });
        } catch (RejectedExecutionException full) {
            answer.complete(CallResponse.failure(
                    request.id(), StatusCode.RESOURCE_EXHAUSTED, "too many calls wait here; try again later"));
        }
        return answer;
    }

    private JsonNode arguments(CallRequest request) {
        Payload args = request.args();
        try {
            return json.readTree(args.array(), args.offset(), args.length());
        } catch (JacksonException broken) {
            throw Refusal.invalid("args", "not readable", "JSON", "correct the JSON");
        }
    }

    private List<Lease> leases(JsonNode args, int most, IncomingCall call) {
        List<Lease> leases = RegistrationRules.leases(argument(args, 0, "leases"), most);
        leases.forEach(lease -> Permissions.require(call.caller(), lease.id().service()));
        return leases;
    }

    private static @Nullable JsonNode argument(JsonNode args, int place, String name) {
        return args.isArray() ? args.get(place) : args.get(name);
    }

    private static long whole(JsonNode args, int place, String name) {
        JsonNode value = argument(args, place, name);
        if (value == null || !value.isIntegralNumber() || !value.canConvertToLong()) {
            throw Refusal.invalid(name, value, "a whole number", "send what the registry answered");
        }
        return value.longValue();
    }

    private static String text(JsonNode args, int place, String name) {
        JsonNode value = argument(args, place, name);
        if (value == null || !value.isString()) {
            throw Refusal.invalid(name, value, "a string", "send it as argument %d, or by its name".formatted(place));
        }
        return value.stringValue();
    }
}
