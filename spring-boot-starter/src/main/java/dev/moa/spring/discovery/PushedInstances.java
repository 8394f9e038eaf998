package dev.moa.spring.discovery;

import java.util.List;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import reactor.core.publisher.Flux;

/**
 * What Spring Cloud LoadBalancer chooses from: the list as the router last pushed it. Without it the load balancer
 * keeps what a discovery client said for 35 seconds, and calls instances that have long gone.
 */
final class PushedInstances implements ServiceInstanceListSupplier {
    private final String serviceId;
    private final WatchedServices services;

    PushedInstances(String serviceId, WatchedServices services) {
        this.serviceId = serviceId;
        this.services = services;
    }

    @Override
    public String getServiceId() {
        return serviceId;
    }

    @Override
    public Flux<List<ServiceInstance>> get() {
        return services.instances(serviceId)
                .timeout(Flux.just(0).delayElements(services.timeout()), list -> Flux.never(), Flux.just(List.of()));
    }
}
