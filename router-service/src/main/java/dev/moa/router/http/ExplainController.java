package dev.moa.router.http;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.ServiceName;
import dev.moa.router.address.Finding;
import dev.moa.router.address.Instance;
import dev.moa.router.address.LookupFilter;
import dev.moa.router.chain.Lookup;
import dev.moa.router.chain.Switches;
import dev.moa.router.live.LiveView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /v1/explain}: why the answer for a service is what it is, source by source, instance by instance. */
@RestController
class ExplainController {
    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final int MAX_INSTANCES = 1_000;

    private final Lookup lookup;
    private final Switches switches;
    private final LiveView live;

    ExplainController(Lookup lookup, Switches switches, LiveView live) {
        this.lookup = lookup;
        this.switches = switches;
        this.live = live;
    }

    /**
     * @param outcome answered, unknown (says that there is no such service), failed (cannot say), passed (has
     *     nothing to do with it), off
     * @param decides whether the answer is this source's
     */
    record Step(
            String source,
            String description,
            boolean enabled,
            @Nullable String by,
            String outcome,
            boolean decides,
            String why,
            @Nullable String epoch,
            @Nullable Long revision,
            @Nullable Long ageMs,
            @Nullable Integer instances) {}

    record Listed(
            String id,
            long incarnation,
            String host,
            int port,
            String status,
            boolean held,
            boolean inAnswer,
            @Nullable String why) {}

    /** @param suspicion why the store is not believed at present; null if it is */
    record Explanation(
            String service,
            @Nullable String answeredBy,
            @Nullable String suspicion,
            @Nullable String store,
            List<Step> steps,
            List<Listed> instances) {}

    @GetMapping("/v1/explain")
    Explanation explain(
            @RequestParam String service,
            @RequestParam(required = false) @Nullable String zone,
            @RequestParam(required = false) @Nullable String version) {
        ServiceName name = ServiceName.of(service);
        LookupFilter filter = new LookupFilter(zone, version, Map.of(), false);
        List<Step> steps = new ArrayList<>();
        Finding.Answered decides = null;
        String answeredBy = null;
        for (Lookup.Step step : lookup.explain(name, Deadline.after(TIMEOUT))) {
            boolean isFirst = step.answered() != null && decides == null;
            if (isFirst) {
                decides = step.answered();
                answeredBy = step.source().name();
            }
            steps.add(describe(step, isFirst));
        }
        List<Listed> instances = decides == null
                ? List.of()
                : decides.view().instances().stream()
                        .limit(MAX_INSTANCES)
                        .map(instance -> listed(instance, filter))
                        .toList();
        return new Explanation(service, answeredBy, live.suspicion(name), live.failure(), steps, instances);
    }

    private Step describe(Lookup.Step step, boolean decides) {
        Switches.Position position = switches.position(step.source().name());
        Finding.Answered answered = step.answered();
        return new Step(
                step.source().name(),
                step.source().description(),
                position.enabled(),
                position.by(),
                step.outcome(),
                decides,
                step.why(),
                answered == null ? null : answered.view().state().epoch(),
                answered == null ? null : answered.view().state().revision(),
                answered == null ? null : answered.ageMs(),
                answered == null ? null : answered.view().instances().size());
    }

    private static Listed listed(Instance instance, LookupFilter filter) {
        String why = filter.whyNot(instance);
        return new Listed(
                instance.id(),
                instance.incarnation(),
                instance.host(),
                instance.port(),
                instance.status().name(),
                instance.held(),
                why == null,
                why == null && instance.held() ? "held: its lease or the store that listed it was lost" : why);
    }
}
