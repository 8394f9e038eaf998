package dev.moa.registry.catalog;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.Refusal;
import dev.moa.registry.RegistryMetrics;
import dev.moa.registry.store.RedisStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;

/** Registers instances, one or many at once. */
final class Registrar {
    private static final int TRIES = 5;
    // where the script's answer has the words of the wake-up
    private static final int WAKE = 4;

    private final RedisCatalog catalog;
    private final RedisStore store;
    private final ServiceIndex index;
    private final Overrides overrides;
    private final CatalogProperties limits;
    private final RegistryMetrics metrics;
    private volatile Hearer hearer = Hearer.NOBODY;

    Registrar(
            RedisCatalog catalog,
            RedisStore store,
            ServiceIndex index,
            Overrides overrides,
            CatalogProperties limits,
            RegistryMetrics metrics) {
        this.catalog = catalog;
        this.store = store;
        this.index = index;
        this.overrides = overrides;
        this.limits = limits;
        this.metrics = metrics;
    }

    void tell(Hearer newHearer) {
        hearer = newHearer;
    }

    /** A registration with its id, whether its service was in the index, and how far it was seen before. */
    private record Asked(
            Registration registration,
            InstanceId id,
            Description said,
            boolean isIndexed,
            @Nullable Position before) {

        ServiceName service() {
            return registration.service();
        }
    }

    Registered register(Registration registration) {
        Asked asked = asked(registration);
        CatalogScript.Call call = call(asked, overrides.of(asked.service()));
        return take(
                asked,
                store.ask("register", redis -> CatalogScript.REGISTER.run(redis, call.keys(), call.arguments())));
    }

    List<Object> registerAll(List<Registration> registrations) {
        Many many = many(registrations);
        return answers(many, store.ask("register", redis -> CatalogScript.REGISTER.runAll(redis, many.calls())));
    }

    /** Registers many as {@link #registerAll} does, and waits for nothing: workers do what has to wait. */
    CompletableFuture<List<Object>> registerSoon(List<Registration> registrations, Executor workers) {
        Many many = many(registrations);
        CompletableFuture<List<CatalogScript.Outcome>> stored =
                store.askSoon("register", redis -> CatalogScript.REGISTER.send(redis, many.calls()));
        if (stored == null) {
            return CompletableFuture.supplyAsync(() -> registerAll(registrations), workers);
        }
        return stored.thenCompose(outcomes -> isPlain(many, outcomes)
                ? CompletableFuture.completedFuture(answers(many, outcomes))
                : CompletableFuture.supplyAsync(() -> answersAfterAll(many, outcomes), workers));
    }

    /**
     * Registrations on their way.
     *
     * @param answers each a {@link Refusal}, or an {@link Asked} in place of what is to come
     * @param asked those, in their order, and {@code calls} the runs of the script for them
     */
    private record Many(List<Object> answers, List<Asked> asked, List<CatalogScript.Call> calls) {}

    private Many many(List<Registration> registrations) {
        int size = registrations.size();
        Many many = new Many(new ArrayList<>(size), new ArrayList<>(size), new ArrayList<>(size));
        for (Registration registration : registrations) {
            try {
                Asked asked = asked(registration);
                many.calls().add(call(asked, overrides.of(asked.service())));
                many.asked().add(asked);
                many.answers().add(asked);
            } catch (RuntimeException failure) {
                many.answers().add(RedisStore.refusal(failure));
            }
        }
        return many;
    }

    private List<Object> answers(Many many, List<CatalogScript.Outcome> stored) {
        List<Object> answers = new ArrayList<>(many.answers());
        int next = 0;
        for (int i = 0; i < answers.size(); i++) {
            if (answers.get(i) instanceof Asked asked) {
                answers.set(i, answer(asked, stored.get(next)));
                next++;
            }
        }
        return answers;
    }

    private List<Object> answersAfterAll(Many many, List<CatalogScript.Outcome> stored) {
        if (stored.stream().noneMatch(CatalogScript.Outcome::isOfNoScript)) {
            return answers(many, stored);
        }
        return answers(many, store.ask("register", redis -> CatalogScript.REGISTER.known(redis, many.calls(), stored)));
    }

    /** Returns whether Redis need not be asked anything else. */
    private static boolean isPlain(Many many, List<CatalogScript.Outcome> stored) {
        for (int i = 0; i < stored.size(); i++) {
            List<Object> answer = stored.get(i).answer();
            Asked asked = many.asked().get(i);
            if (answer == null
                    || answer.get(0).equals("reread")
                    || !asked.isIndexed()
                    || asked.registration().probe() != null
                    || StoreMemory.isPast(asked.before(), new Position((String) answer.get(2), (Long) answer.get(3)))) {
                return false;
            }
        }
        return true;
    }

    private Object answer(Asked asked, CatalogScript.Outcome stored) {
        DataAccessException failure = stored.failure();
        if (failure != null) {
            return RedisStore.refusal(failure);
        }
        try {
            return take(asked, Objects.requireNonNull(stored.answer()));
        } catch (RuntimeException unfit) {
            // its service's keys are not as they should be: no other's business
            return RedisStore.refusal(unfit);
        }
    }

    private Asked asked(Registration registration) {
        ServiceName service = registration.service();
        InstanceId id = registration.id() == null ? InstanceId.create(service) : registration.id();
        boolean isIndexed = index.admit(service);
        return new Asked(registration, id, registration.description(id), isIndexed, catalog.lastSeen(service));
    }

    private CatalogScript.Call call(Asked asked, Overrides.Known known) {
        Description listed = known.apply(asked.said(), null);
        return new CatalogScript.Call(
                CatalogScript.keys(asked.service()),
                catalog.arguments(
                        asked.service(),
                        asked.id().value(),
                        String.valueOf(asked.registration().ttlSeconds()),
                        InstanceJson.body(asked.said()),
                        String.valueOf(limits.maxInstances()),
                        listed.equals(asked.said()) ? "" : InstanceJson.body(listed),
                        known.version(),
                        hearer.isWatched(asked.service()) ? "wake" : ""));
    }

    private Registered take(Asked asked, List<Object> first) {
        List<Object> answer = first;
        ServiceName service = asked.service();
        for (int i = 1; i < TRIES && answer.get(0).equals("reread"); i++) {
            CatalogScript.Call again = call(asked, overrides.read(service));
            answer = store.ask("register", redis -> CatalogScript.REGISTER.run(redis, again.keys(), again.arguments()));
        }
        String outcome = (String) answer.get(0);
        if (outcome.equals("reread")) {
            throw Refusal.contended(asked.id().value(), TRIES);
        }
        metrics.registration(outcome.equals("full") ? "refused" : outcome);
        if (outcome.equals("full")) {
            throw Refusal.exhausted(
                    "instances of " + service,
                    limits.maxInstances() + 1,
                    limits.maxInstances() + " (moa.registry.catalog.max-instances)",
                    "remove instances that are not needed, or raise the limit");
        }
        if (answer.size() > WAKE) {
            hearer.hear((String) answer.get(WAKE));
        }
        if (!asked.isIndexed()) {
            index.add(service);
        }
        if (asked.registration().probe() != null) {
            catalog.probed(service, true);
        }
        catalog.notice(service, asked.before(), (String) answer.get(2), (Long) answer.get(3));
        return new Registered(
                asked.id().value(),
                (Long) answer.get(1),
                asked.registration().ttlSeconds(),
                service.value(),
                (String) answer.get(2),
                (Long) answer.get(3));
    }
}
