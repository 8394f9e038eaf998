package dev.moa.registry.catalog;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.RegistryMetrics;
import dev.moa.registry.store.RedisStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Renews leases: what a registry does most. One short script per service, those of a request in one write; who is held
 * takes a second, longer one.
 */
final class Renewals {
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
        Map<ServiceName, List<Lease>> byService = new LinkedHashMap<>();
        for (Lease lease : leases) {
            byService
                    .computeIfAbsent(lease.id().service(), service -> new ArrayList<>(2))
                    .add(lease);
        }
        List<CatalogScript.Call> calls = new ArrayList<>(byService.size());
        byService.forEach((service, ofService) -> calls.add(new CatalogScript.Call(
                List.of(CatalogScript.key(service, "instances"), CatalogScript.key(service, "leases")),
                List.of(arguments(ofService)))));
        List<List<Object>> answers = store.ask("renew", redis -> CatalogScript.RENEW.runAll(redis, calls));
        Renewal renewal = new Renewal(new ArrayList<>(leases.size()), new ArrayList<>(), new ArrayList<>());
        int next = 0;
        for (Map.Entry<ServiceName, List<Lease>> each : byService.entrySet()) {
            take(each.getKey(), each.getValue(), answers.get(next++), renewal);
        }
        metrics.renewals("renewed", renewal.renewed().size());
        metrics.renewals("unknown", renewal.unknown().size());
        metrics.renewals("stale", renewal.stale().size());
        return renewal;
    }

    private static String[] arguments(List<Lease> leases) {
        String[] arguments = new String[2 * leases.size()];
        for (int i = 0; i < leases.size(); i++) {
            arguments[2 * i] = leases.get(i).id().value();
            arguments[2 * i + 1] = String.valueOf(leases.get(i).incarnation());
        }
        return arguments;
    }

    private void take(ServiceName service, List<Lease> leases, List<Object> answer, Renewal into) {
        boolean isHeld = answer.stream().anyMatch(incarnation -> (Long) incarnation < 0);
        if (isHeld) {
            CatalogScript.Call call = release.apply(service, arguments(leases));
            answer = store.ask("renew", redis -> CatalogScript.RELEASE.run(redis, call.keys(), call.arguments()));
        }
        boolean isKnown = false;
        for (int i = 0; i < leases.size(); i++) {
            Lease lease = leases.get(i);
            long current = (Long) answer.get(i);
            isKnown |= current != 0;
            if (current == lease.incarnation()) {
                into.renewed().add(lease.id().value());
            } else if (current < lease.incarnation()) {
                // none, or one of the past: the store went back in time
                into.unknown().add(lease.id().value());
            } else {
                into.stale().add(new Renewal.Stale(lease.id().value(), lease.incarnation(), current));
            }
        }
        if (isKnown) {
            index.add(service);
        }
    }
}
