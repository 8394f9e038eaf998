package dev.moa.registry.wire;

import dev.moa.protocol.CallHandler;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Caller;
import dev.moa.protocol.IncomingCall;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.registry.Permissions;
import dev.moa.registry.Refusal;
import dev.moa.registry.catalog.CatalogProperties;
import dev.moa.registry.catalog.ChangeReason;
import dev.moa.registry.catalog.InstanceId;
import dev.moa.registry.catalog.Position;
import dev.moa.registry.catalog.RedisCatalog;
import dev.moa.registry.catalog.Registration;
import dev.moa.registry.catalog.RegistrationRules;
import dev.moa.registry.catalog.ServiceSnapshot;
import dev.moa.registry.probe.HoldProperties;
import dev.moa.registry.probe.Holds;
import dev.moa.registry.quota.WriteQuota;
import dev.moa.registry.watch.SubscriptionHub;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code /service/registry}: {@code hold(leases)}, and what the REST face does, for those who have a moa connection
 * anyway: {@code register(registration)}, {@code registerAll(instances)}, {@code renew(leases)}, {@code deregister(id,
 * incarnation)}, {@code instances(service)}. Registries ask each other {@code audience(service, epoch, revision)}: who watches, and who has
 * not been told yet.
 *
 * <p>{@code hold} is a long poll: it is answered when its time is over, and called again. What matters is the
 * connection: the registry notices when it breaks.
 */
final class RegistryCalls implements CallHandler {
    private static final Logger log = LoggerFactory.getLogger(RegistryCalls.class);
    private static final String METHODS =
            "hold(leases), register(registration), registerAll(instances), renew(leases), deregister(id, incarnation),"
                    + " instances(service), audience(service, epoch, revision)";
    // a hold is answered this much before its deadline, for the way back
    private static final long WAY_BACK_MS = 200;
    // bytes of a registration, or a hold, that the event loop reads itself
    private static final int LONGEST_ON_LOOP = 16 * 1024;

    private final RedisCatalog catalog;
    private final RegistrationRules rules;
    private final CatalogProperties limits;
    private final Holds holds;
    private final SubscriptionHub hub;
    private final HoldProperties limit;
    private final Executor workers;
    private final WriteQuota quota;
    private final JsonMapper json;
    private final GatheredWrites gathered;

    RegistryCalls(
            RedisCatalog catalog,
            RegistrationRules rules,
            CatalogProperties limits,
            Holds holds,
            SubscriptionHub hub,
            HoldProperties limit,
            Executor workers,
            WriteQuota quota,
            JsonMapper json,
            GatheredWrites gathered) {
        this.gathered = gathered;
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
            case "hold" -> write(request, call, () -> hold(request, call));
            case "register" -> write(request, call, () -> register(request, call));
            case "registerAll" -> write(request, call, () -> answer(request, call, args -> registerAll(args, call)));
            case "renew" -> write(request, call, () -> gathered.renew(request, call));
            case "deregister" -> write(request, call, () -> answer(request, call, args -> deregister(args, call)));
            case "instances" -> answer(request, call, this::instances);
            case "audience" ->
                answer(
                        request,
                        call,
                        args -> hub.audience(
                                RegistrationRules.serviceName(args.text(0, "service")),
                                new Position(args.text(1, "epoch"), args.whole(2, "revision"))));
            default ->
                CompletableFuture.completedFuture(CallResponse.failure(
                        request.id(),
                        StatusCode.UNIMPLEMENTED,
                        "method: '%s' (expected: one of %s)".formatted(request.method(), METHODS)));
        };
    }

    private CompletionStage<CallResponse> hold(CallRequest request, IncomingCall call) {
        if (request.args().length() <= LONGEST_ON_LOOP) {
            return holdNow(request, call);
        }
        try {
            return CompletableFuture.supplyAsync(() -> holdNow(request, call), workers)
                    .thenCompose(Function.identity());
        } catch (RejectedExecutionException full) {
            return CompletableFuture.completedFuture(tooMany(request));
        }
    }

    private static CallResponse tooMany(CallRequest request) {
        return CallResponse.failure(
                request.id(), StatusCode.RESOURCE_EXHAUSTED, "too many calls wait here; try again later");
    }

    private CompletionStage<CallResponse> holdNow(CallRequest request, IncomingCall call) {
        long waitMs =
                Math.max(0, Math.min(limit.maxWait().toMillis(), call.deadline().remainingMillis() - WAY_BACK_MS));
        CompletableFuture<CallResponse> answer = new CompletableFuture<>();
        CallResponse held = CallResponse.success(request.id(), Payload.json("{\"heldMs\":" + waitMs + "}"));
        Holds.Hold hold;
        try {
            hold = holds.begin(
                    Arguments.of(request, json).leases(limit.maxLeases(), call), () -> answer.complete(held));
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

    private CompletionStage<CallResponse> register(CallRequest request, IncomingCall call) {
        return request.args().length() <= LONGEST_ON_LOOP
                ? gathered.register(request, call)
                : answer(request, call, args -> catalog.register(registration(args.only(), call)));
    }

    private Registration registration(JsonNode json, IncomingCall call) {
        Registration registration = rules.registration(json);
        Permissions.require(call.caller(), registration.service());
        return registration;
    }

    private RegistryMethods.Results registerAll(Arguments args, IncomingCall call) {
        JsonNode wanted = RegistrationRules.registrations(args.get(0, "instances"), limits.maxLeases());
        if (wanted.size() > 1) {
            quota.require(name(call), wanted.size() - 1);
        }
        List<Object> answers = new ArrayList<>(wanted.size());
        List<Registration> registrations = new ArrayList<>(wanted.size());
        for (JsonNode each : wanted) {
            try {
                Registration registration = registration(each, call);
                registrations.add(registration);
                answers.add(registration);
            } catch (Refusal refusal) {
                answers.add(refusal);
            }
        }
        Iterator<Object> registered = catalog.registerAll(registrations).iterator();
        answers.replaceAll(answer -> answer instanceof Refusal ? answer : registered.next());
        return RegistryMethods.Results.of(answers);
    }

    private ServiceSnapshot instances(Arguments args) {
        ServiceName service = RegistrationRules.serviceName(args.text(0, "service"));
        ServiceSnapshot snapshot = catalog.snapshot(service);
        if (snapshot.instances().isEmpty() && catalog.isRebuilding(service)) {
            throw Refusal.rebuilding(service.value());
        }
        return snapshot;
    }

    private Object deregister(Arguments args, IncomingCall call) {
        InstanceId id = InstanceId.parse(args.text(0, "id"));
        Permissions.require(call.caller(), id.service());
        return catalog.remove(id, args.whole(1, "incarnation"), ChangeReason.GRACEFUL);
    }

    /** One write of the caller's quota, which is the same by this door and by REST. */
    private CompletionStage<CallResponse> write(
            CallRequest request, IncomingCall call, Supplier<CompletionStage<CallResponse>> work) {
        try {
            quota.require(name(call), 1);
        } catch (MoaException refusal) {
            return CompletableFuture.completedFuture(refusal.toResponse(request.id()));
        }
        return work.get();
    }

    private static String name(IncomingCall call) {
        Caller caller = call.caller();
        return caller == null ? address(call) : caller.name();
    }

    private static String address(IncomingCall call) {
        return call.peer() instanceof InetSocketAddress from && from.getAddress() != null
                ? from.getAddress().getHostAddress()
                : "unknown";
    }

    // Redis is asked off the event loop
    private CompletionStage<CallResponse> answer(
            CallRequest request, IncomingCall call, Function<Arguments, Object> work) {
        CompletableFuture<CallResponse> answer = new CompletableFuture<>();
        try {
            workers.execute(() -> {
                if (call.isCancelled() || call.deadline().hasPassed()) {
                    answer.complete(CallResponse.failure(
                            request.id(), StatusCode.DEADLINE_EXCEEDED, "its deadline passed before it was begun"));
                    return;
                }
                try {
                    Object result = work.apply(Arguments.of(request, json));
                    answer.complete(CallResponse.success(request.id(), Payload.json(json.writeValueAsBytes(result))));
                } catch (MoaException refusal) {
                    answer.complete(refusal.toResponse(request.id()));
                } catch (RuntimeException failure) {
                    log.error("{} failed", request.method(), failure);
                    answer.completeExceptionally(failure);
                }
            });
        } catch (RejectedExecutionException full) {
            answer.complete(tooMany(request));
        }
        return answer;
    }
}
