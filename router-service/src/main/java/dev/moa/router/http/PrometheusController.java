package dev.moa.router.http;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.router.address.Instance;
import dev.moa.router.address.InstanceStatus;
import dev.moa.router.chain.Catalog;
import dev.moa.router.chain.Lookup;
import dev.moa.router.chain.LookupAnswer;
import dev.moa.router.live.LiveView;
import io.swagger.v3.oas.annotations.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Instances as Prometheus finds them (http_sd_configs), like the registry's list, also without Redis. */
@RestController
class PrometheusController {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final int MAX_TARGETS = 20_000;
    private static final String PORT = "metricsPort";
    private static final String PATH = "metricsPath";

    private final Lookup lookup;
    private final Catalog catalog;
    private final LiveView live;

    PrometheusController(Lookup lookup, Catalog catalog, LiveView live) {
        this.lookup = lookup;
        this.catalog = catalog;
        this.live = live;
    }

    /** One target, in the shape of Prometheus. */
    record Target(List<String> targets, Map<String, String> labels) {}

    @Operation(
            summary = "Lists instances for Prometheus's HTTP service discovery, also while Redis is away",
            description =
                    "service: absent for all. As the registry's /v1/prometheus/targets: instances that are DOWN are"
                            + " left out; metadata metricsPort and metricsPath say where the metrics are; without metricsPort"
                            + " only instances that speak http are listed. __meta_moa_source is the source that answered. At"
                            + " most 20,000. 503 while the router cannot say, so that Prometheus keeps the targets it has.")
    @GetMapping("/v1/prometheus/targets")
    List<Target> targets(@RequestParam(required = false) @Nullable List<String> service) {
        Collection<ServiceName> names = service == null
                ? catalog.services()
                : service.stream().map(ServiceName::of).toList();
        if (service == null && names.isEmpty() && !live.isComplete()) {
            throw new MoaException(
                    StatusCode.UNAVAILABLE, "targets: no store was compared since the start: " + live.failure());
        }
        List<Target> targets = new ArrayList<>();
        Deadline deadline = Deadline.after(TIMEOUT);
        for (ServiceName name : names) {
            LookupAnswer.Found now = lookup.peek(name);
            LookupAnswer answer = now == null ? lookup.find(name, deadline) : now;
            if (answer instanceof LookupAnswer.Undecided undecided) {
                // a list without them would make Prometheus drop targets that live
                throw new MoaException(StatusCode.UNAVAILABLE, undecided.message());
            }
            if (!(answer instanceof LookupAnswer.Found found)) {
                continue;
            }
            for (Instance each : found.view().instances()) {
                boolean hasMetrics =
                        each.metadata().containsKey(PORT) || each.protocols().contains("http");
                if (hasMetrics && each.status() != InstanceStatus.DOWN && targets.size() < MAX_TARGETS) {
                    targets.add(target(found, each));
                }
            }
        }
        return targets;
    }

    private static Target target(LookupAnswer.Found found, Instance instance) {
        Map<String, String> labels = new TreeMap<>();
        labels.put("__meta_moa_service", found.view().service().value());
        labels.put("__meta_moa_source", found.source());
        labels.put("__meta_moa_id", instance.id());
        labels.put("__meta_moa_status", instance.status().name());
        label(labels, "__meta_moa_zone", instance.zone());
        label(labels, "__meta_moa_version", instance.version());
        label(labels, "__metrics_path__", instance.metadata().get(PATH));
        instance.tags()
                .forEach((name, value) -> labels.put("__meta_moa_tag_" + name.replaceAll("[^A-Za-z0-9_]", "_"), value));
        String port = instance.metadata().getOrDefault(PORT, String.valueOf(instance.port()));
        String host = instance.host().indexOf(':') >= 0 ? "[" + instance.host() + "]" : instance.host();
        return new Target(List.of(host + ":" + port), labels);
    }

    private static void label(Map<String, String> labels, String name, @Nullable String value) {
        if (value != null) {
            labels.put(name, value);
        }
    }
}
