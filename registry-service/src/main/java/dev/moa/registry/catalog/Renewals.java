package dev.moa.registry.catalog;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.Refusal;
import dev.moa.registry.RegistryMetrics;
import dev.moa.registry.store.RedisStore;
import io.lettuce.core.RedisCommandExecutionException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;

/**
 * Renews leases: what a registry does most. One short script for many leases of many services, whoever asks; in a
 * cluster, where services are on different nodes, one for each. Who is held takes a second, longer one.
 */
final class Renewals {
    // leases in one run of the script, half a millisecond; Redis serves nobody else meanwhile, and more save nothing
    private static final int AT_ONCE = 100;

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

    /** A lease and the place of the request that wants it renewed. */
    private record Asked(Lease lease, int request) {
        ServiceName service() {
            return lease.id().service();
        }
    }

    /**
     * Renews what several requests ask for, in one write.
     *
     * @return for each request, in order, a {@link Renewal} or a {@link Refusal}
     */
    List<Object> renewAll(List<List<Lease>> requests) {
        List<Object> answers = new ArrayList<>(requests.size());
        List<Asked> all = new ArrayList<>();
        for (int request = 0; request < requests.size(); request++) {
            List<Lease> leases = requests.get(request);
            answers.add(new Renewal(new ArrayList<>(leases.size()), new ArrayList<>(0), new ArrayList<>(0)));
            for (Lease lease : leases) {
                all.add(new Asked(lease, request));
            }
        }
        renew(store.isCluster() ? byService(all) : slices(all), answers);
        count(answers);
        return answers;
    }

    private void renew(List<List<Asked>> runs, List<Object> answers) {
        List<CatalogScript.Call> calls = new ArrayList<>(runs.size());
        runs.forEach(run -> calls.add(call(run)));
        List<CatalogScript.Outcome> outcomes = store.ask("renew", redis -> CatalogScript.RENEW.runAll(redis, calls));
        List<Asked> again = new ArrayList<>(0);
        for (int i = 0; i < runs.size(); i++) {
            List<Asked> run = runs.get(i);
            try {
                take(run, outcomes.get(i), answers);
            } catch (RuntimeException failure) {
                if (isOfOneService(run) || !isError(failure)) {
                    Refusal refusal = RedisStore.refusal(failure);
                    run.forEach(asked -> answers.set(asked.request(), refusal));
                } else {
                    // one service's keys may not be as they should be: no other's business
                    again.addAll(run);
                }
            }
        }
        if (!again.isEmpty()) {
            renew(byService(again), answers);
        }
    }

    private static List<List<Asked>> byService(List<Asked> all) {
        Map<ServiceName, List<Asked>> services = new LinkedHashMap<>();
        all.forEach(asked -> services.computeIfAbsent(asked.service(), service -> new ArrayList<>(2))
                .add(asked));
        return services.values().stream().flatMap(each -> slices(each).stream()).toList();
    }

    private static List<List<Asked>> slices(List<Asked> all) {
        List<List<Asked>> slices = new ArrayList<>();
        for (int from = 0; from < all.size(); from += AT_ONCE) {
            slices.add(all.subList(from, Math.min(all.size(), from + AT_ONCE)));
        }
        return slices;
    }

    private static boolean isOfOneService(List<Asked> run) {
        ServiceName first = run.get(0).service();
        return run.stream().allMatch(asked -> asked.service().equals(first));
    }

    // what Redis answered, not that it did not
    private static boolean isError(RuntimeException failure) {
        return failure.getCause() instanceof RedisCommandExecutionException;
    }

    private static CatalogScript.Call call(List<Asked> run) {
        List<String> keys = new ArrayList<>(2 * run.size());
        List<String> arguments = new ArrayList<>(3 * run.size());
        for (int from = 0, to; from < run.size(); from = to) {
            ServiceName service = run.get(from).service();
            to = from + 1;
            while (to < run.size() && run.get(to).service().equals(service)) {
                to++;
            }
            keys.add(CatalogScript.key(service, "instances"));
            keys.add(CatalogScript.key(service, "leases"));
            arguments.add(String.valueOf(to - from));
            for (Asked asked : run.subList(from, to)) {
                arguments.add(asked.lease().id().value());
                arguments.add(String.valueOf(asked.lease().incarnation()));
            }
        }
        return new CatalogScript.Call(keys, arguments);
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

    private void take(List<Asked> run, CatalogScript.Outcome outcome, List<Object> answers) {
        if (outcome.failure() != null) {
            throw outcome.failure();
        }
        List<Object> others = Objects.requireNonNull(outcome.answer());
        long[] current = new long[run.size()];
        for (int i = 0; i < current.length; i++) {
            current[i] = run.get(i).lease().incarnation();
        }
        Map<ServiceName, List<Integer>> held = new LinkedHashMap<>(0);
        for (int i = 0; i < others.size(); i += 2) {
            int place = ((Long) others.get(i)).intValue();
            current[place] = (Long) others.get(i + 1);
            if (current[place] < 0) {
                held.computeIfAbsent(run.get(place).service(), service -> new ArrayList<>())
                        .add(place);
            }
        }
        held.forEach((service, places) -> release(service, places, run, current, answers));
        for (int i = 0; i < current.length; i++) {
            if (current[i] != 0) {
                index.add(run.get(i).service());
            }
        }
        // from here on nothing fails: no lease is answered twice
        for (int i = 0; i < current.length; i++) {
            Asked asked = run.get(i);
            if (answers.get(asked.request()) instanceof Renewal into) {
                take(asked.lease(), current[i], into);
            }
        }
    }

    private void release(
            ServiceName service, List<Integer> places, List<Asked> run, long[] current, List<Object> answers) {
        String[] arguments = new String[2 * places.size()];
        for (int i = 0; i < places.size(); i++) {
            Lease lease = run.get(places.get(i)).lease();
            arguments[2 * i] = lease.id().value();
            arguments[2 * i + 1] = String.valueOf(lease.incarnation());
        }
        CatalogScript.Call call = release.apply(service, arguments);
        try {
            List<Object> answer =
                    store.ask("renew", redis -> CatalogScript.RELEASE.run(redis, call.keys(), call.arguments()));
            for (int i = 0; i < places.size(); i++) {
                current[places.get(i)] = (Long) answer.get(i);
            }
        } catch (RuntimeException failure) {
            Refusal refusal = RedisStore.refusal(failure);
            places.forEach(place -> answers.set(run.get(place).request(), refusal));
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
