package dev.moa.spring.discovery;

import java.util.List;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;

/** Spring Cloud's {@link DiscoveryClient} on moa's lookup; answers from memory once a service was asked for. */
public final class MoaDiscoveryClient implements DiscoveryClient {
    private final WatchedServices services;

    MoaDiscoveryClient(WatchedServices services) {
        this.services = services;
    }

    @Override
    public String description() {
        return "moa";
    }

    @Override
    public List<ServiceInstance> getInstances(String serviceId) {
        return services.now(serviceId);
    }

    /** Returns the services that this application has asked for; the router's {@code GET /v1/services} lists all. */
    @Override
    public List<String> getServices() {
        return services.known();
    }
}
