package dev.moa.monitor.http;

import dev.moa.monitor.alert.Alerts;
import dev.moa.monitor.minute.ProcessMinute;
import dev.moa.monitor.query.LiveAnswer;
import dev.moa.monitor.query.PrometheusText;
import dev.moa.monitor.query.SeenService;
import dev.moa.monitor.query.StatsAnswer;
import dev.moa.monitor.query.StatsQuery;
import dev.moa.protocol.MethodName;
import dev.moa.protocol.ServiceName;
import dev.moa.sdk.stats.Statistics;
import io.swagger.v3.oas.annotations.Operation;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The REST face of the monitor: everything is a question. */
@RestController
public class StatsController {

    /** The processes that reported in the last moments. */
    record Processes(long atMs, List<ProcessMinute> processes) {}

    /** The minutes of one process. */
    record ProcessHistory(String instance, List<ProcessMinute> minutes) {}

    /** The services that were counted. */
    record Services(List<SeenService> services) {}

    private final StatsQuery query;
    private final PrometheusText prometheus;
    private final Alerts alerts;
    private final java.time.Clock clock;

    StatsController(StatsQuery query, PrometheusText prometheus, Alerts alerts, java.time.Clock clock) {
        this.query = query;
        this.prometheus = prometheus;
        this.alerts = alerts;
        this.clock = clock;
    }

    @Operation(summary = "What was counted between two moments, by method and minute")
    @GetMapping("/v1/stats")
    StatsAnswer stats(
            @RequestParam(required = false) @Nullable String service,
            @RequestParam(required = false) @Nullable String method,
            @RequestParam(required = false) @Nullable Long from,
            @RequestParam(required = false) @Nullable Long to) {
        return query.stats(service(service), method(method), from, to);
    }

    @Operation(summary = "What was counted in the last moments, by method")
    @GetMapping("/v1/live")
    LiveAnswer live(
            @RequestParam(defaultValue = "60000") long windowMs,
            @RequestParam(required = false) @Nullable String service) {
        return query.live(windowMs, service(service));
    }

    @Operation(summary = "The services and methods that were counted")
    @GetMapping("/v1/services")
    Services services() {
        return new Services(query.services());
    }

    @Operation(summary = "How the processes are that reported in the last moments: threads, heap, garbage collection")
    @GetMapping("/v1/processes")
    Processes processes(
            @RequestParam(defaultValue = "60000") long windowMs, @RequestParam(required = false) @Nullable String app) {
        return new Processes(clock.millis(), query.processes(windowMs, app));
    }

    @Operation(summary = "One process, minute by minute")
    @GetMapping("/v1/processes/history")
    ProcessHistory processHistory(
            @RequestParam String instance,
            @RequestParam(required = false) @Nullable Long from,
            @RequestParam(required = false) @Nullable Long to) {
        return new ProcessHistory(instance, query.processMinutes(instance, from, to));
    }

    @Operation(summary = "Totals over all instances, for Prometheus")
    @GetMapping(path = "/v1/metrics", produces = "text/plain; version=0.0.4; charset=utf-8")
    String metrics() {
        return prometheus.write();
    }

    @Operation(summary = "The alert rules and where they stand")
    @GetMapping("/v1/alerts")
    Alerts.Answer alerts() {
        return alerts.answer();
    }

    private static @Nullable String service(@Nullable String name) {
        if (name == null || name.isEmpty()) {
            return null;
        }
        return name.equals(Statistics.OTHER) ? name : ServiceName.of(name).value();
    }

    private static @Nullable String method(@Nullable String name) {
        if (name == null || name.isEmpty()) {
            return null;
        }
        return name.equals(Statistics.OTHER) ? name : MethodName.require(name);
    }
}
