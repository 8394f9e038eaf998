package dev.moa.registry.http;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.Refusal;
import dev.moa.registry.catalog.CatalogProperties;
import dev.moa.registry.catalog.Instance;
import dev.moa.registry.catalog.InstanceStatus;
import dev.moa.registry.catalog.RedisCatalog;
import dev.moa.registry.catalog.RegistrationRules;
import dev.moa.registry.catalog.ServiceIndex;
import io.swagger.v3.oas.annotations.Operation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Instances as Prometheus finds them (http_sd_configs). */
@RestController
class PrometheusController {
    private static final int MAX_TARGETS = 20_000;
    private static final String PORT = "metricsPort";
    private static final String PATH = "metricsPath";

    private final RedisCatalog catalog;
    private final ServiceIndex index;
    private final CatalogProperties limits;

    PrometheusController(RedisCatalog catalog, ServiceIndex index, CatalogProperties limits) {
        this.catalog = catalog;
        this.index = index;
        this.limits = limits;
    }

    /** One target, in the shape of Prometheus. */
    record Target(List<String> targets, Map<String, String> labels) {}

    @Operation(
            summary = "Lists instances for Prometheus's HTTP service discovery",
            description = "service: absent for all. Instances that are DOWN are left out. The metadata metricsPort and"
                    + " metricsPath say where the metrics are; without metricsPort only instances that speak http are"
                    + " listed. At most 20,000. 503 while one of the services is being built again after Redis lost it:"
                    + " Prometheus goes on with its last list.")
    @GetMapping("/v1/prometheus/targets")
    List<Target> targets(@RequestParam(required = false) @Nullable List<String> service) {
        Collection<ServiceName> names = service == null
                ? index.names()
                : service.stream().map(RegistrationRules::serviceName).toList();
        List<Target> targets = new ArrayList<>();
        for (ServiceName name : names) {
            List<Instance> instances = catalog.snapshot(name).instances();
            if (catalog.isRebuilding(name)) {
                throw Refusal.rebuilding(name.value());
            }
            for (Instance each : instances) {
                boolean hasMetrics =
                        each.metadata().containsKey(PORT) || each.protocols().contains("http");
                if (hasMetrics && each.status() != InstanceStatus.DOWN && targets.size() < MAX_TARGETS) {
                    targets.add(target(each));
                }
            }
        }
        if (service == null && index.hasLost(limits.rebuild())) {
            throw Refusal.rebuilding("all");
        }
        return targets;
    }

    private static Target target(Instance instance) {
        Map<String, String> labels = new TreeMap<>();
        labels.put("__meta_moa_service", instance.service());
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
