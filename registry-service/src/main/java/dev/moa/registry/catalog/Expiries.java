package dev.moa.registry.catalog;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.RegistryMetrics;
import dev.moa.registry.store.Look;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends leases: one script for the leases of one service. */
final class Expiries {
    private static final Logger log = LoggerFactory.getLogger(Expiries.class);
    // removals in one run of the script; Redis serves nobody else meanwhile
    private static final int AT_ONCE = 200;

    private final RedisCatalog catalog;
    private final RegistryMetrics metrics;

    Expiries(RedisCatalog catalog, RegistryMetrics metrics) {
        this.catalog = catalog;
        this.metrics = metrics;
    }

    Expiry expire(
            ServiceName service,
            Look look,
            Duration lookAge,
            boolean heal,
            LossRule rule,
            Succession succession,
            Collection<Lease> gone) {
        Position before = catalog.lastSeen(service);
        List<String> arguments = new ArrayList<>(List.of(
                String.valueOf(look.resumedAtMs()),
                String.valueOf(look.nowMs()),
                String.valueOf(lookAge.toMillis()),
                String.valueOf(AT_ONCE),
                heal ? "1" : "0",
                String.valueOf(Math.round(rule.share() * 1000)),
                String.valueOf(rule.count()),
                rule.elsewhere().name().toLowerCase(Locale.ROOT)));
        succession.addTo(arguments);
        gone.forEach(lease -> arguments.add(lease.id().value()));
        List<Object> answer = catalog.write(CatalogScript.EXPIRE, service, arguments.toArray(String[]::new));
        catalog.notice(service, before, (String) answer.get(4), (Long) answer.get(5));
        Expiry expiry = expiry(answer);
        removed(service, expiry.removed(), ChangeReason.LEASE_LOST);
        removed(service, expiry.replaced(), ChangeReason.REPLACED);
        metrics.change(ChangeReason.HELD.word(), expiry.newlyHeld());
        return expiry;
    }

    private void removed(ServiceName service, List<String> ids, ChangeReason reason) {
        metrics.change(reason.word(), ids.size());
        for (String id : ids) {
            log.info("{} of {} removed: {}", id, service, reason.word());
        }
    }

    private static Expiry expiry(List<Object> answer) {
        return new Expiry(
                RedisCatalog.strings(answer.get(0)),
                (Long) answer.get(1),
                (Long) answer.get(2),
                (Long) answer.get(3),
                Math.toIntExact((Long) answer.get(6)),
                overdue(answer.get(7)),
                Math.toIntExact((Long) answer.get(8)),
                Math.toIntExact((Long) answer.get(9)),
                (Long) answer.get(10),
                overdue(answer.get(11)),
                (Long) answer.get(12),
                RedisCatalog.strings(answer.get(13)));
    }

    private static List<Expiry.Overdue> overdue(@Nullable Object answer) {
        List<?> triples = (List<?>) Objects.requireNonNull(answer);
        List<Expiry.Overdue> overdue = new ArrayList<>(triples.size() / 3);
        for (int i = 0; i < triples.size(); i += 3) {
            InstanceId id = InstanceId.parse((String) Objects.requireNonNull(triples.get(i)));
            Lease lease = new Lease(id, (Long) Objects.requireNonNull(triples.get(i + 1)));
            overdue.add(new Expiry.Overdue(lease, (Long) Objects.requireNonNull(triples.get(i + 2))));
        }
        return overdue;
    }
}
