package dev.moa.registry.catalog;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.Refusal;
import dev.moa.registry.RegistryMetrics;
import dev.moa.registry.store.RedisStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;

/** Registers instances, one or many at once. */
final class Registrar {
    private static final int TRIES = 5;
    // of one service in one run of the script, for which everybody else waits: about 2 ms, or so many characters
    private static final int MOST_IN_RUN = 64;
    private static final int MOST_SAID_IN_RUN = 64 * 1024;
    // where the script's answer has the words of the wake-up
    private static final int WAKE = 4;
    // arguments of the script
    private static final int WORDS_OF_RUN = 3;
    private static final int WORDS_OF_EACH = 4;

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

    /**
     * A registration with its id, whether its service was in the index, and how far it was seen before.
     *
     * @param place among those that were asked for at once
     * @param body the JSON of what is {@code said}
     */
    private record Asked(
            int place,
            Registration registration,
            InstanceId id,
            Description said,
            String body,
            boolean isIndexed,
            @Nullable Position before) {

        ServiceName service() {
            return registration.service();
        }
    }

    Registered register(Registration registration) {
        Asked asked = asked(0, registration);
        return take(asked, run(asked, overrides.of(asked.service())));
    }

    private List<Object> run(Asked asked, Overrides.Known known) {
        CatalogScript.Call call = call(List.of(asked), known);
        return part(
                store.ask("register", redis -> CatalogScript.REGISTER.run(redis, call.keys(), call.arguments())), 0);
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
     * @param answers a {@link Refusal} for each that is refused, and null in the place of what is to come
     * @param asked those, by the runs of the script that register them, and {@code calls} these runs
     */
    private record Many(List<@Nullable Object> answers, List<List<Asked>> asked, List<CatalogScript.Call> calls) {}

    private Many many(List<Registration> registrations) {
        List<@Nullable Object> answers = new ArrayList<>(registrations.size());
        Map<ServiceName, List<Asked>> open = new HashMap<>();
        Map<ServiceName, Integer> said = new HashMap<>();
        List<List<Asked>> runs = new ArrayList<>();
        for (Registration registration : registrations) {
            try {
                Asked asked = asked(answers.size(), registration);
                List<Asked> run = open.get(asked.service());
                int length = said.merge(asked.service(), asked.body().length(), Integer::sum);
                if (run == null || run.size() >= MOST_IN_RUN || length > MOST_SAID_IN_RUN) {
                    run = new ArrayList<>();
                    open.put(asked.service(), run);
                    said.put(asked.service(), asked.body().length());
                    runs.add(run);
                }
                run.add(asked);
                answers.add(null);
            } catch (RuntimeException failure) {
                answers.add(RedisStore.refusal(failure));
            }
        }
        return calls(answers, runs);
    }

    private Many calls(List<@Nullable Object> answers, List<List<Asked>> runs) {
        List<List<Asked>> able = new ArrayList<>(runs.size());
        List<CatalogScript.Call> calls = new ArrayList<>(runs.size());
        for (List<Asked> run : runs) {
            try {
                calls.add(call(run, overrides.of(run.get(0).service())));
                able.add(run);
            } catch (RuntimeException failure) {
                run.forEach(asked -> answers.set(asked.place(), RedisStore.refusal(failure)));
            }
        }
        return new Many(answers, able, calls);
    }

    private List<Object> answers(Many many, List<CatalogScript.Outcome> stored) {
        List<Object> answers = new ArrayList<>(many.answers());
        for (int i = 0; i < stored.size(); i++) {
            List<Asked> run = many.asked().get(i);
            for (int k = 0; k < run.size(); k++) {
                answers.set(run.get(k).place(), answer(run.get(k), stored.get(i), k));
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
            List<Object> answers = stored.get(i).answer();
            if (answers == null) {
                return false;
            }
            List<Asked> run = many.asked().get(i);
            for (int k = 0; k < run.size(); k++) {
                if (!isPlain(run.get(k), part(answers, k))) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean isPlain(Asked asked, List<Object> answer) {
        return !answer.get(0).equals("reread")
                && asked.isIndexed()
                && asked.registration().probe() == null
                && !StoreMemory.isPast(asked.before(), new Position((String) answer.get(2), (Long) answer.get(3)));
    }

    private Object answer(Asked asked, CatalogScript.Outcome stored, int part) {
        DataAccessException failure = stored.failure();
        if (failure != null) {
            return RedisStore.refusal(failure);
        }
        try {
            return take(asked, part(Objects.requireNonNull(stored.answer()), part));
        } catch (RuntimeException unfit) {
            // its service's keys are not as they should be: no other's business
            return RedisStore.refusal(unfit);
        }
    }

    /** The script's answer about one of those it was run for. */
    @SuppressWarnings("unchecked")
    private static List<Object> part(List<Object> answers, int part) {
        return (List<Object>) answers.get(part);
    }

    private Asked asked(int place, Registration registration) {
        ServiceName service = registration.service();
        InstanceId id = registration.id() == null ? InstanceId.create(service) : registration.id();
        boolean isIndexed = index.admit(service);
        Description said = registration.description(id);
        return new Asked(place, registration, id, said, InstanceJson.body(said), isIndexed, catalog.lastSeen(service));
    }

    /** @param run all of one service */
    private CatalogScript.Call call(List<Asked> run, Overrides.Known known) {
        ServiceName service = run.get(0).service();
        List<String> words = new ArrayList<>(WORDS_OF_RUN + WORDS_OF_EACH * run.size());
        words.add(String.valueOf(limits.maxInstances()));
        words.add(known.version());
        words.add(hearer.isWatched(service) ? "wake" : "");
        for (Asked asked : run) {
            Description listed = known.apply(asked.said(), null);
            words.add(asked.id().value());
            words.add(String.valueOf(asked.registration().ttlSeconds()));
            words.add(asked.body());
            words.add(listed.equals(asked.said()) ? "" : InstanceJson.body(listed));
        }
        return new CatalogScript.Call(
                CatalogScript.keys(service), catalog.arguments(service, words.toArray(String[]::new)));
    }

    private Registered take(Asked asked, List<Object> first) {
        List<Object> answer = first;
        ServiceName service = asked.service();
        for (int i = 1; i < TRIES && answer.get(0).equals("reread"); i++) {
            answer = run(asked, overrides.read(service));
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
