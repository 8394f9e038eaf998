package dev.moa.registry.catalog;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.Refusal;
import dev.moa.registry.RegistryMetrics;
import dev.moa.registry.store.RedisStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import org.springframework.dao.DataAccessException;

/**
 * Renews leases: what a registry does most. One short script per service, those of all requests that wait in one
 * write; who is held takes a second, longer one.
 */
final class Renewals {
    // leases in one run of the script; Redis serves nobody else meanwhile
    private static final int AT_ONCE = 500;

    private final RedisStore store;
    private final ServiceIndex index;
    private final RegistryMetrics metrics;
    // the keys and arguments of the longer script
    private final BiFunction<ServiceName, String[], CatalogScript.Call> release;

    Renewals(
            RedisStore store,
            ServiceIndex index,
            RegistryMetrics metrics,
            BiFunction<ServiceName, String[], CatalogScript.Call> release) {
        this.store = store;
        this.index = index;
        this.metrics = metrics;
        this.release = release;
    }

    Renewal renew(List<Lease> leases) {
        Object answer = renewAll(List.of(leases)).get(0);
        if (answer instanceof Refusal refusal) {
            throw refusal;
        }
        return (Renewal) answer;
    }

    /** The leases of one service in one script, whoever asked: with each the place of its request. */
    private record Part(ServiceName service, List<Lease> leases, List<Integer> requests) {}

    /**
     * Renews what several requests ask for, in one write.
     *
     * @return for each request, in order, a {@link Renewal} or a {@link Refusal}
     */
    List<Object> renewAll(List<List<Lease>> requests) {
        List<Part> parts = parts(requests);
        List<CatalogScript.Call> calls = new ArrayList<>(parts.size());
        for (Part part : parts) {
            calls.add(new CatalogScript.Call(
                    List.of(
                            CatalogScript.key(part.service(), "instances"),
                            CatalogScript.key(part.service(), "leases")),
                    List.of(arguments(part.leases()))));
        }
        List<CatalogScript.Outcome> outcomes = store.ask("renew", redis -> CatalogScript.RENEW.runAll(redis, calls));
        List<Object> answers = new ArrayList<>(requests.size());
        for (List<Lease> request : requests) {
            answers.add(new Renewal(new ArrayList<>(request.size()), new ArrayList<>(0), new ArrayList<>(0)));
        }
        for (int i = 0; i < parts.size(); i++) {
            try {
                take(parts.get(i), outcomes.get(i), answers);
            } catch (RuntimeException failure) {
                // its service's keys are not as they should be: no other's business
                Refusal refusal = RedisStore.refusal(failure);
                parts.get(i).requests().forEach(request -> answers.set(request, refusal));
            }
        }
        count(answers);
        return answers;
    }

    private static List<Part> parts(List<List<Lease>> requests) {
        Map<ServiceName, Part> open = new LinkedHashMap<>();
        List<Part> full = new ArrayList<>();
        for (int request = 0; request < requests.size(); request++) {
            for (Lease lease : requests.get(request)) {
                ServiceName service = lease.id().service();
                Part part = open.computeIfAbsent(service, of -> new Part(of, new ArrayList<>(2), new ArrayList<>(2)));
                part.leases().add(lease);
                part.requests().add(request);
                if (part.leases().size() == AT_ONCE) {
                    full.add(part);
                    open.remove(service);
                }
            }
        }
        full.addAll(open.values());
        return full;
    }

    private void count(List<Object> answers) {
        int renewed = 0;
        int unknown = 0;
        int stale = 0;
        for (Object answer : answers) {
            if (answer instanceof Renewal renewal) {
                renewed += renewal.renewed().size();
                unknown += renewal.unknown().size();
                stale += renewal.stale().size();
            }
        }
        metrics.renewals("renewed", renewed);
        metrics.renewals("unknown", unknown);
        metrics.renewals("stale", stale);
    }

    private static String[] arguments(List<Lease> leases) {
        String[] arguments = new String[2 * leases.size()];
        for (int i = 0; i < leases.size(); i++) {
            arguments[2 * i] = leases.get(i).id().value();
            arguments[2 * i + 1] = String.valueOf(leases.get(i).incarnation());
        }
        return arguments;
    }

    private void take(Part part, CatalogScript.Outcome outcome, List<Object> answers) {
        DataAccessException failure = outcome.failure();
        if (failure != null) {
            throw RedisStore.refusal(failure);
        }
        List<Object> answer = Objects.requireNonNull(outcome.answer());
        ServiceName service = part.service();
        List<Lease> leases = part.leases();
        boolean isHeld = answer.stream().anyMatch(incarnation -> (Long) incarnation < 0);
        if (isHeld) {
            CatalogScript.Call call = release.apply(service, arguments(leases));
            answer = store.ask("renew", redis -> CatalogScript.RELEASE.run(redis, call.keys(), call.arguments()));
        }
        boolean isKnown = false;
        for (int i = 0; i < leases.size(); i++) {
            long current = (Long) answer.get(i);
            isKnown |= current != 0;
            if (answers.get(part.requests().get(i)) instanceof Renewal into) {
                take(leases.get(i), current, into);
            }
        }
        if (isKnown) {
            index.add(service);
        }
    }

    private static void take(Lease lease, long current, Renewal into) {
        if (current == lease.incarnation()) {
            into.renewed().add(lease.id().value());
        } else if (current < lease.incarnation()) {
            // none, or one of the past: the store went back in time
            into.unknown().add(lease.id().value());
        } else {
            into.stale().add(new Renewal.Stale(lease.id().value(), lease.incarnation(), current));
        }
    }
}
