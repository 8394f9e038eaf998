package dev.moa.spring.discovery;

import java.util.List;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import reactor.core.scheduler.Schedulers;

/** Spring Cloud's {@link DiscoveryClient} on moa's lookup; answers from memory once a service was asked for. */
public final class MoaDiscoveryClient implements DiscoveryClient {
    private final WatchedServices services;
    private final ListedServices all;

    MoaDiscoveryClient(WatchedServices services, ListedServices all) {
        this.services = services;
        this.all = all;
    }

    @Override
    public String description() {
        return "moa";
    }

    @Override
    public List<ServiceInstance> getInstances(String serviceId) {
        return services.now(serviceId);
    }

    /**
     * Returns all services that have instances, {@code /service/user} as {@code user}; from memory but for the first time.
     * A thread of Reactor that must not wait gets those that this application asked for until the first list is there,
     * which a heartbeat event tells.
     */
    @Override
    public List<String> getServices() {
        if (Schedulers.isInNonBlockingThread()) {
            return all.now();
        }
        List<String> ids = all.ids().block();
        return ids == null ? List.of() : ids;
    }
}
