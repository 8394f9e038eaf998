package dev.moa.spring.discovery;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Spring Cloud's {@link ReactiveDiscoveryClient} on moa's lookup. */
public final class MoaReactiveDiscoveryClient implements ReactiveDiscoveryClient {
    private final WatchedServices services;
    private final ListedServices all;

    MoaReactiveDiscoveryClient(WatchedServices services, ListedServices all) {
        this.services = services;
        this.all = all;
    }

    @Override
    public String description() {
        return "moa";
    }

    @Override
    public Flux<ServiceInstance> getInstances(String serviceId) {
        return services.instances(serviceId)
                .next()
                .timeout(services.timeout(), Mono.empty())
                .flatMapMany(Flux::fromIterable);
    }

    @Override
    public Flux<String> getServices() {
        return all.ids().flatMapIterable(ids -> ids);
    }
}
