package dev.moa.registry.http;

import dev.moa.registry.catalog.RegistrationRules;
import dev.moa.registry.probe.Prober;
import dev.moa.registry.replica.Replicas;
import io.swagger.v3.oas.annotations.Operation;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What the prober sees. */
@RestController
class ProbeController {
    private final Prober prober;
    private final Replicas replicas;

    ProbeController(Prober prober, Replicas replicas) {
        this.prober = prober;
        this.replicas = replicas;
    }

    /**
     * @param registry the registry that answers
     * @param registries all that live; each probes its share
     */
    record Probed(String service, String registry, List<String> registries, List<Prober.Seen> instances) {}

    @Operation(
            summary = "Lists the instances of a service that this registry probes, and what it found last",
            description = "state: in, failing, asking (the registries vote), out; verdicts are in GET /v1/changes with"
                    + " the reasons probe-failed and probe-recovered.")
    @GetMapping("/v1/probes")
    Probed probes(@RequestParam String service) {
        var name = RegistrationRules.serviceName(service);
        return new Probed(service, replicas.self(), replicas.live(), prober.seen(name));
    }
}
