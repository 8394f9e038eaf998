package dev.moa.router.bridge;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.ServiceName;
import dev.moa.router.address.AddressSource;
import dev.moa.router.address.Finding;
import dev.moa.router.address.Instance;
import dev.moa.router.address.ServiceState;
import dev.moa.router.address.ServiceView;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** What a foreign registry names, kept by its pushes. */
public final class ForeignSource implements AddressSource {
    private final Map<ServiceName, ServiceView> views = new ConcurrentHashMap<>();
    private final List<Consumer<ServiceName>> listeners = new CopyOnWriteArrayList<>();

    /** The foreign client calls this with each push: all addresses of a service; none when it is gone. */
    public void told(String name, List<InetSocketAddress> addresses) {
        ServiceName service = ServiceName.of("/service/" + name);
        List<Instance> instances = addresses.stream()
                .map(address -> Instance.unregistered(address.getHostString(), address.getPort()))
                .toList();
        // encoded here, once for each push, not for each lookup
        views.put(service, ServiceView.marked(ServiceState.of(service, name(), 0, instances)));
        listeners.forEach(listener -> listener.accept(service));
    }

    @Override
    public String name() {
        return "foreign";
    }

    @Override
    public String description() {
        return "the foreign registry, kept by its pushes";
    }

    @Override
    public boolean isImmediate() {
        return true;
    }

    @Override
    public Set<ServiceName> services() {
        return Set.copyOf(views.keySet());
    }

    @Override
    public void onChange(Consumer<ServiceName> listener) {
        listeners.add(listener);
    }

    @Override
    public Finding find(ServiceName service, Deadline deadline) {
        ServiceView view = views.get(service);
        // while the connection is lost: how long it has been, in place of 0
        return view == null
                ? new Finding.Passed("the foreign registry does not name it")
                : new Finding.Answered(view, 0);
    }
}
