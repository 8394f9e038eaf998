package dev.moa.router.nameserver;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.ServiceName;
import dev.moa.router.address.AddressSource;
import dev.moa.router.address.Finding;
import dev.moa.router.address.Instance;
import dev.moa.router.address.InstanceStatus;
import dev.moa.router.address.ServiceState;
import dev.moa.router.address.ServiceView;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Services in memory, as one source of the chain. */
final class NamedServices implements AddressSource {
    final Map<ServiceName, ServiceView> views = new ConcurrentHashMap<>();
    private final boolean isImmediate;

    NamedServices(boolean isImmediate) {
        this.isImmediate = isImmediate;
    }

    void put(String service, long revision, List<Instance> instances) {
        ServiceName name = ServiceName.of(service);
        views.put(name, ServiceView.of(ServiceState.of(name, "e1", revision, instances)));
    }

    static Instance instance(String host, int port) {
        return instance(host, port, 100, "a", "blue", InstanceStatus.UP);
    }

    static Instance instance(String host, int port, int weight, String zone, String lane, InstanceStatus status) {
        return new Instance(
                host + "-" + port,
                1,
                host,
                port,
                List.of("moa", "resp"),
                weight,
                zone,
                "1",
                Map.of("lane", lane),
                Map.of(),
                status,
                false);
    }

    @Override
    public String name() {
        return isImmediate ? "live" : "static";
    }

    @Override
    public String description() {
        return "in memory";
    }

    @Override
    public boolean isImmediate() {
        return isImmediate;
    }

    @Override
    public Finding find(ServiceName service, Deadline deadline) {
        ServiceView view = views.get(service);
        return view == null ? new Finding.Unknown("not here") : new Finding.Answered(view, 5);
    }
}
