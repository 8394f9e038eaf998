package dev.moa.sdk.call;

import dev.moa.protocol.ServiceName;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The settings of methods and services, ready to be looked up for each call. */
final class MethodTable {

    private final MethodSettings everyService;
    private final Map<ServiceName, MethodSettings> services = new HashMap<>();
    private final Map<ServiceName, Map<String, MethodSettings>> methods = new HashMap<>();

    /** @throws IllegalArgumentException if something is said twice, or of no service at all */
    MethodTable(MethodSettings everyService, List<MethodSettings> some) {
        this.everyService = everyService;
        for (MethodSettings each : some) {
            ServiceName service = each.service();
            if (service == null) {
                throw new IllegalArgumentException("service: none (expected: the service whose settings these are)");
            }
            String method = each.method();
            MethodSettings before = method == null
                    ? services.putIfAbsent(service, each)
                    : methods.computeIfAbsent(service, any -> new HashMap<>()).putIfAbsent(method, each);
            if (before != null) {
                throw new IllegalArgumentException("%s%s: settings are given twice (expected: once)"
                        .formatted(service, method == null ? "" : " " + method));
            }
        }
    }

    MethodSettings ofService(ServiceName service) {
        return services.getOrDefault(service, everyService);
    }

    @Nullable
    MethodSettings ofMethod(ServiceName service, String method) {
        Map<String, MethodSettings> known = methods.get(service);
        return known == null ? null : known.get(method);
    }

    boolean hasMethods(ServiceName service) {
        return methods.containsKey(service);
    }

    /** Returns the time for a call that names none itself; null means the client's. */
    @Nullable
    Duration timeout(ServiceName service, String method) {
        MethodSettings own = methods.isEmpty() ? null : ofMethod(service, method);
        if (own != null && own.timeout() != null) {
            return own.timeout();
        }
        return ofService(service).timeout();
    }
}
