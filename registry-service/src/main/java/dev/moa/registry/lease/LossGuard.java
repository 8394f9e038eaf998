package dev.moa.registry.lease;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.catalog.LossRule;
import dev.moa.registry.catalog.RedisCatalog;
import dev.moa.registry.catalog.ServiceIndex;
import dev.moa.registry.catalog.Silence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether lost leases are believed. Within a service the script does, for it sees all leases of one moment;
 * whether leases are lost everywhere is told here, from a sample of the services, when the first lease of all is over.
 *
 * <p>Belongs to the sweeping thread, except {@link #held()}.
 */
final class LossGuard {
    private static final Logger log = LoggerFactory.getLogger(LossGuard.class);
    private static final int SAMPLE = 100;
    private static final Duration FRESH = Duration.ofSeconds(1);

    private final RedisCatalog catalog;
    private final ServiceIndex index;
    private final GuardProperties properties;

    private LossRule rule;
    private long sampledNanos;
    private final Map<ServiceName, Integer> held = new HashMap<>();
    private volatile int heldInAll;

    LossGuard(RedisCatalog catalog, ServiceIndex index, GuardProperties properties) {
        this.catalog = catalog;
        this.index = index;
        this.properties = properties;
        this.rule = new LossRule(properties.share(), properties.count(), LossRule.Elsewhere.UNKNOWN);
    }

    /** Returns the rule of this moment. */
    LossRule rule() {
        boolean old = System.nanoTime() - sampledNanos > FRESH.toNanos();
        return old ? rule.with(LossRule.Elsewhere.UNKNOWN) : rule;
    }

    /** Looks whether leases are lost everywhere. */
    void sample(Duration within) {
        List<ServiceName> services = new ArrayList<>(index.names());
        int silent = 0;
        int leases = 0;
        int looks = Math.min(SAMPLE, services.size());
        for (int i = 0; i < looks; i++) {
            int other = ThreadLocalRandom.current().nextInt(i, services.size());
            ServiceName service = services.set(other, services.get(i));
            Silence found = catalog.silence(service, within);
            silent += found.silent();
            leases += found.leases();
        }
        double scale = looks == 0 ? 1 : (double) services.size() / looks;
        boolean many = silent * scale >= properties.allCount() && silent >= properties.allShare() * leases;
        if (many && rule.elsewhere() != LossRule.Elsewhere.YES) {
            log.warn("{} of {} leases looked at fell silent at once: nobody is removed for it", silent, leases);
        }
        rule = rule.with(many ? LossRule.Elsewhere.YES : LossRule.Elsewhere.NO);
        sampledNanos = System.nanoTime();
    }

    /** Takes note of how many instances of a service are held. */
    void note(ServiceName service, int now) {
        Integer before = now == 0 ? held.remove(service) : held.put(service, now);
        if (now > 0 && before == null) {
            log.warn("{}: many leases are lost at once, {} instances are held until a probe decides", service, now);
        } else if (now == 0 && before != null) {
            log.info("{}: no instance is held any more", service);
        }
        if (before == null ? now > 0 : before != now) {
            heldInAll = held.values().stream().mapToInt(Integer::intValue).sum();
        }
    }

    /** Returns how many instances are held. */
    int held() {
        return heldInAll;
    }
}
