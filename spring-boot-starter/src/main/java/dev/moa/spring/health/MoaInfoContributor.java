package dev.moa.spring.health;

import dev.moa.sdk.MoaServer;
import dev.moa.sdk.registry.RegistrationState;
import dev.moa.spring.PublishedServer;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;

/** The moa port, the services on it, and the ids of their instances. */
final class MoaInfoContributor implements InfoContributor {

    private final PublishedServer published;

    MoaInfoContributor(PublishedServer published) {
        this.published = published;
    }

    @Override
    public void contribute(Info.Builder info) {
        MoaServer server = published.server();
        if (server == null) {
            return;
        }
        Map<String, Object> services = new TreeMap<>();
        server.services().forEach(service -> services.put(service.value(), Map.of()));
        server.registrations().forEach(each -> services.put(each.service().value(), instance(each)));
        info.withDetail("moa", Map.of("port", server.port(), "services", services));
    }

    private static Map<String, Object> instance(RegistrationState registration) {
        return Map.of("instance", registration.id(), "incarnation", registration.incarnation());
    }
}
