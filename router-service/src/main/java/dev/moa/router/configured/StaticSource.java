package dev.moa.router.configured;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.ServiceName;
import dev.moa.router.address.AddressSource;
import dev.moa.router.address.Finding;
import dev.moa.router.address.Instance;
import dev.moa.router.address.ServiceState;
import dev.moa.router.address.ServiceView;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Addresses of last resort, from the router's own settings. */
public final class StaticSource implements AddressSource {
    private final Map<ServiceName, ServiceView> views = new LinkedHashMap<>();

    /** @throws IllegalArgumentException if a name or an address is not one; says which */
    public StaticSource(StaticProperties settings) {
        settings.services().forEach((name, addresses) -> {
            ServiceName service = ServiceName.of(name);
            List<Instance> instances =
                    addresses.stream().map(StaticSource::instance).toList();
            views.put(service, ServiceView.marked(ServiceState.of(service, "static", 1, instances)));
        });
    }

    private static Instance instance(String address) {
        int colon = address.lastIndexOf(':');
        try {
            int port = Integer.parseInt(address.substring(colon + 1));
            if (colon > 0 && port > 0 && port <= 65_535) {
                return Instance.unregistered(address.substring(0, colon), port);
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("moa.router.static.services: '%s' (expected: host:port)".formatted(address));
    }

    @Override
    public Set<ServiceName> services() {
        return views.keySet();
    }

    @Override
    public String name() {
        return "static";
    }

    @Override
    public String description() {
        return "addresses from moa.router.static.services";
    }

    @Override
    public boolean isImmediate() {
        return true;
    }

    @Override
    public Finding find(ServiceName service, Deadline deadline) {
        ServiceView view = views.get(service);
        return view == null
                ? new Finding.Passed("moa.router.static.services does not name it")
                : new Finding.Answered(view, 0);
    }
}
