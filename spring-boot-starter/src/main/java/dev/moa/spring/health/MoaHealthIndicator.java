package dev.moa.spring.health;

import dev.moa.sdk.MoaClient;
import dev.moa.sdk.MoaServer;
import dev.moa.sdk.lookup.RouterDirectory;
import dev.moa.sdk.registry.RegistrationState;
import dev.moa.sdk.stats.CallSide;
import dev.moa.sdk.stats.Statistics;
import dev.moa.spring.PublishedServer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * How the moa port stands: are its services registered, is a router connected, how much is under way. Reads what is
 * known, asks nobody: a health check must not hang with what it checks.
 *
 * <p>It is UP while the process runs, and OUT_OF_SERVICE with a service that is not registered only if
 * {@code moa.health.require-registered} says so.
 */
final class MoaHealthIndicator extends AbstractHealthIndicator {

    private final PublishedServer published;
    private final MoaClient client;
    private final Statistics statistics;
    private final boolean requireRegistered;

    MoaHealthIndicator(
            PublishedServer published, MoaClient client, Statistics statistics, MoaHealthProperties settings) {
        super("the moa port could not be looked at");
        this.published = published;
        this.client = client;
        this.statistics = statistics;
        this.requireRegistered = settings.requireRegistered();
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        health.up();
        MoaServer server = published.server();
        if (server != null) {
            List<RegistrationState> registrations = server.registrations();
            Map<String, Object> services = new TreeMap<>();
            server.services().forEach(service -> services.put(service.value(), "not registered: no registry is set"));
            registrations.forEach(each -> services.put(each.service().value(), state(each)));
            health.withDetail("services", services)
                    .withDetail("inFlight", server.inFlight())
                    .withDetail("served", served());
            if (requireRegistered && !registrations.stream().allMatch(RegistrationState::isRegistered)) {
                health.outOfService();
            }
        }
        health.withDetail("called", statistics.inFlight(CallSide.CLIENT));
        if (client.directory() instanceof RouterDirectory routers) {
            health.withDetail(
                    "router", routers.state().name().toLowerCase(Locale.ROOT).replace('_', ' '));
        }
    }

    private long served() {
        return statistics.methods().stream()
                .filter(method -> method.side() == CallSide.SERVER)
                .mapToLong(method -> method.last().calls())
                .sum();
    }

    private static Map<String, Object> state(RegistrationState state) {
        Map<String, Object> told = new TreeMap<>();
        told.put("registered", state.isRegistered());
        if (state.renewedAgoMs() >= 0) {
            told.put("renewedAgoMs", state.renewedAgoMs());
        }
        String problem = state.problem();
        if (problem != null) {
            told.put("problem", problem);
        }
        return told;
    }
}
