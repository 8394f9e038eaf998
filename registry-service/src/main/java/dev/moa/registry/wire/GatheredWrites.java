package dev.moa.registry.wire;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.IncomingCall;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.StatusCode;
import dev.moa.registry.Permissions;
import dev.moa.registry.catalog.CatalogProperties;
import dev.moa.registry.catalog.RedisCatalog;
import dev.moa.registry.catalog.Registration;
import dev.moa.registry.catalog.RegistrationRules;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Registrations and renewals of many callers, done together: while Redis answers one write, the next one gathers. Each is
 * answered or refused by itself. A registration waits for no thread, so that watchers are told soon: the caller's event
 * loop reads it and sends it to Redis, and the loop that hears of its end answers.
 */
final class GatheredWrites {
    private static final Logger log = LoggerFactory.getLogger(GatheredWrites.class);
    // one waits for Redis while the other reads requests
    private static final int RUNS = 2;
    private static final int MAX_WAITING = 4_000;
    // of arguments: some 250 registrations, or 1,400 leases
    private static final int MAX_BYTES = 128 * 1024;

    private final RedisCatalog catalog;
    private final RegistrationRules rules;
    private final CatalogProperties limits;
    private final JsonMapper json;
    private final Gathering<Waiting> registrations;
    private final Gathering<Waiting> renewals;

    /** @param workers takes {@link #RUNS} tasks of each kind, which may last for as long as there is something to do */
    GatheredWrites(
            RedisCatalog catalog,
            RegistrationRules rules,
            CatalogProperties limits,
            JsonMapper json,
            Executor workers) {
        this.catalog = catalog;
        this.rules = rules;
        this.limits = limits;
        this.json = json;
        this.registrations = Gathering.withoutWorkers(
                RUNS, MAX_WAITING, MAX_BYTES, Waiting::bytes, group -> registerTogether(group, workers));
        this.renewals = new Gathering<>(
                workers,
                RUNS,
                MAX_WAITING,
                MAX_BYTES,
                Waiting::bytes,
                group -> together(group, (args, call) -> args.leases(limits.maxLeases(), call), catalog::renewAll));
    }

    /** A call that waits for its turn. */
    private record Waiting(CallRequest request, IncomingCall call, CompletableFuture<CallResponse> answer) {

        int bytes() {
            return request.args().length();
        }

        void refuse(MoaException refusal) {
            answer.complete(refusal.toResponse(request.id()));
        }
    }

    CompletionStage<CallResponse> register(CallRequest request, IncomingCall call) {
        return add(registrations, request, call);
    }

    CompletionStage<CallResponse> renew(CallRequest request, IncomingCall call) {
        return add(renewals, request, call);
    }

    private static CompletionStage<CallResponse> add(
            Gathering<Waiting> gathering, CallRequest request, IncomingCall call) {
        Waiting waiting = new Waiting(request, call, new CompletableFuture<>());
        if (!gathering.add(waiting)) {
            waiting.refuse(
                    new MoaException(StatusCode.RESOURCE_EXHAUSTED, "too many calls wait here; try again later"));
        }
        return waiting.answer();
    }

    private Registration registration(Arguments args, IncomingCall call) {
        Registration registration = rules.registration(args.only());
        Permissions.require(call.caller(), registration.service());
        return registration;
    }

    /** Begins to register, and waits for nothing: the thread is an event loop's. */
    private CompletionStage<?> registerTogether(List<Waiting> group, Executor workers) {
        List<Waiting> asked = new ArrayList<>(group.size());
        List<Registration> wanted = new ArrayList<>(group.size());
        try {
            for (Waiting each : group) {
                read(each, this::registration, asked, wanted);
            }
            if (asked.isEmpty()) {
                return CompletableFuture.completedFuture(null);
            }
            return catalog.registerSoon(wanted, workers)
                    .thenAccept(answers -> answer(asked, answers))
                    .exceptionally(failure -> {
                        fail(asked, failure instanceof CompletionException wrapped ? wrapped.getCause() : failure);
                        return null;
                    });
        } catch (RuntimeException | Error failure) {
            // nobody waits for an answer that never comes
            fail(group, failure);
            return CompletableFuture.completedFuture(null);
        }
    }

    private static void fail(List<Waiting> group, @Nullable Throwable failure) {
        if (failure instanceof MoaException refusal) {
            group.forEach(each -> each.refuse(refusal));
        } else {
            log.error("{} calls failed together", group.size(), failure);
            Throwable cause = failure == null ? new IllegalStateException("no answer") : failure;
            group.forEach(each -> each.answer().completeExceptionally(cause));
        }
    }

    private void answer(List<Waiting> asked, List<Object> answers) {
        for (int i = 0; i < answers.size(); i++) {
            answer(asked.get(i), answers.get(i));
        }
    }

    private <T> void together(
            List<Waiting> group, BiFunction<Arguments, IncomingCall, T> read, Function<List<T>, List<Object>> work) {
        List<Waiting> asked = new ArrayList<>(group.size());
        List<T> wanted = new ArrayList<>(group.size());
        try {
            for (Waiting each : group) {
                read(each, read, asked, wanted);
            }
            List<Object> answers = asked.isEmpty() ? List.of() : work.apply(wanted);
            answer(asked, answers);
        } catch (RuntimeException failure) {
            fail(failure instanceof MoaException ? asked : group, failure);
        } catch (Error failure) {
            // nobody waits for an answer that never comes
            group.forEach(each -> each.answer().completeExceptionally(failure));
            throw failure;
        }
    }

    private <T> void read(
            Waiting each, BiFunction<Arguments, IncomingCall, T> read, List<Waiting> asked, List<T> wanted) {
        if (each.call().isCancelled() || each.call().deadline().hasPassed()) {
            each.refuse(new MoaException(StatusCode.DEADLINE_EXCEEDED, "its deadline passed before it was begun"));
            return;
        }
        try {
            wanted.add(read.apply(Arguments.of(each.request(), json), each.call()));
            asked.add(each);
        } catch (MoaException refusal) {
            each.refuse(refusal);
        }
    }

    private void answer(Waiting each, Object answer) {
        if (answer instanceof MoaException refusal) {
            each.refuse(refusal);
        } else {
            each.answer()
                    .complete(CallResponse.success(each.request().id(), Payload.json(json.writeValueAsBytes(answer))));
        }
    }
}
