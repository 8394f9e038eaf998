package dev.moa.spring.discovery;

import dev.moa.protocol.ServiceName;
import dev.moa.sdk.lookup.Directory;
import dev.moa.sdk.lookup.InstanceAddress;
import dev.moa.sdk.lookup.ServiceAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * The callable instances of every service that was asked for, kept current by the router's push: there is no timer, and
 * nothing expires. Safe for many threads.
 *
 * <p>At most {@value #MAX_SERVICES} services are kept; past that an id is refused, for ids that come from outside would
 * fill the memory otherwise.
 */
public final class WatchedServices implements AutoCloseable {
    static final int MAX_SERVICES = 5_000;

    private final Directory directory;
    private final MoaDiscoveryProperties settings;
    private final Map<String, Watched> services = new ConcurrentHashMap<>();

    private static final class Watched {
        private final Sinks.Many<List<ServiceInstance>> answers =
                Sinks.many().replay().latest();
        private AutoCloseable watch = () -> {};
    }

    WatchedServices(Directory directory, MoaDiscoveryProperties settings) {
        this.directory = directory;
        this.settings = settings;
    }

    /**
     * Returns the instances now, as soon as they are known, and then at each change.
     *
     * @throws IllegalArgumentException if the id is not the name of a service
     * @throws IllegalStateException if too many services are watched already
     */
    public Flux<List<ServiceInstance>> instances(String serviceId) {
        Watched watched = services.get(serviceId);
        if (watched == null) {
            ServiceName name = name(serviceId);
            if (services.size() >= MAX_SERVICES) {
                throw new IllegalStateException(
                        "moa.discovery: %s is one service more than %d (limit)".formatted(serviceId, MAX_SERVICES));
            }
            watched = services.computeIfAbsent(serviceId, id -> watch(id, name));
        }
        return watched.answers.asFlux();
    }

    /** Returns the instances; empty if nobody knows the service or has answered within the time of the settings. */
    public List<ServiceInstance> now(String serviceId) {
        List<ServiceInstance> instances = instances(serviceId)
                .next()
                .timeout(timeout(), Mono.just(List.of()))
                .block();
        return instances == null ? List.of() : instances;
    }

    Duration timeout() {
        return settings.timeout();
    }

    /** Returns the ids that were asked for. */
    public List<String> known() {
        return new ArrayList<>(new TreeSet<>(services.keySet()));
    }

    private Watched watch(String id, ServiceName name) {
        Watched watched = new Watched();
        watched.watch = directory.watch(
                name, answer -> watched.answers.emitNext(list(id, answer), Sinks.EmitFailureHandler.FAIL_FAST));
        return watched;
    }

    private static List<ServiceInstance> list(String id, ServiceAnswer answer) {
        List<ServiceInstance> instances = new ArrayList<>();
        for (InstanceAddress instance : answer.instances()) {
            if (instance.isCallable()) {
                instances.add(new DefaultServiceInstance(
                        instance.id(), id, instance.host(), instance.port(), instance.speaksTls(), metadata(instance)));
            }
        }
        return List.copyOf(instances);
    }

    /** What Spring's own balancers look for stands under the names that they use: zone, version, weight. */
    private static Map<String, String> metadata(InstanceAddress instance) {
        Map<String, String> metadata = new HashMap<>(instance.metadata());
        metadata.putAll(instance.tags());
        metadata.put("weight", Integer.toString(instance.weight()));
        if (instance.zone() != null) {
            metadata.put("zone", instance.zone());
        }
        if (instance.version() != null) {
            metadata.put("version", instance.version());
        }
        return metadata;
    }

    /** Returns the service that an id means: host names, which ids often are, have no slashes. */
    ServiceName name(String serviceId) {
        if (serviceId.startsWith("/")) {
            return ServiceName.of(serviceId);
        }
        List<String> labels = new ArrayList<>(List.of(serviceId.split("\\.", -1)));
        Collections.reverse(labels);
        return ServiceName.of(settings.prefix() + String.join("/", labels));
    }

    @Override
    public void close() throws Exception {
        for (Watched watched : services.values()) {
            watched.watch.close();
        }
    }
}
