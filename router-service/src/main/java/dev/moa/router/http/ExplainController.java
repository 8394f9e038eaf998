package dev.moa.router.http;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.ServiceName;
import dev.moa.router.address.Finding;
import dev.moa.router.address.Instance;
import dev.moa.router.address.LookupFilter;
import dev.moa.router.chain.Lookup;
import dev.moa.router.chain.Switches;
import dev.moa.router.live.LiveView;
import dev.moa.router.peers.Comparison;
import dev.moa.router.peers.Peers;
import dev.moa.router.store.RegistryStore;
import dev.moa.router.store.StoreException;
import io.swagger.v3.oas.annotations.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code GET /v1/explain}: why the answer for a service is what it is, source by source, instance by instance. */
@RestController
class ExplainController {
    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final int MAX_INSTANCES = 1_000;
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final Lookup lookup;
    private final Switches switches;
    private final LiveView live;
    private final RegistryStore store;
    private final Peers peers;

    ExplainController(Lookup lookup, Switches switches, LiveView live, RegistryStore primaryStore, Peers peers) {
        this.store = primaryStore;
        this.peers = peers;
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

    /**
     * @param reason why the registry changed it last: registered, operator, probe-failed, held, …; null where the
     *     registry's Redis did not say
     * @param overriddenBy the overrides that it is listed with, each as {@code id: author: reason}
     * @param why it is not in the answer, or held in it; null if there is nothing to say
     */
    record Listed(
            String id,
            long incarnation,
            String host,
            int port,
            int weight,
            @Nullable String zone,
            @Nullable String version,
            Map<String, String> tags,
            String status,
            boolean held,
            boolean inAnswer,
            @Nullable String reason,
            List<String> overriddenBy,
            @Nullable String why) {}

    /** What the client asks with: null and empty mean any. */
    record Client(
            @Nullable String zone,
            @Nullable String version,
            Map<String, String> tags,
            boolean all,
            List<String> lanes) {}

    /** A router that answers for this service otherwise. */
    record Elsewhere(
            String router,
            long sinceMs,
            @Nullable String here,
            @Nullable String there) {}

    /**
     * @param says the whole of it in a sentence
     * @param listed how many instances the answer has
     * @param suspicion why the store is not believed at present; null if it is
     * @param store what is wrong with Redis; null if nothing
     * @param elsewhere the routers that answer otherwise
     */
    record Explanation(
            String service,
            Client client,
            String says,
            @Nullable String answeredBy,
            long listed,
            @Nullable String suspicion,
            @Nullable String store,
            List<Step> steps,
            List<Listed> instances,
            List<Elsewhere> elsewhere) {}

    @Operation(
            summary = "Says why the answer for a service is what it is, for a client that asks with these filters",
            description = "Source by source, instance by instance, and which other router answers otherwise. tag is"
                    + " name:value, more than once for all of them.")
    @GetMapping("/v1/explain")
    Explanation explain(
            @RequestParam String service,
            @RequestParam(required = false) @Nullable String zone,
            @RequestParam(required = false) @Nullable String version,
            @RequestParam(required = false) @Nullable List<String> tag,
            @RequestParam(required = false) @Nullable String lane,
            @RequestParam(defaultValue = "false") boolean all) {
        ServiceName name = ServiceName.of(service);
        LookupFilter filter = Filters.of(zone, version, tag, lane, all);
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
        Map<String, String> written = written(name);
        LookupFilter chosen =
                decides == null ? filter : filter.chosenAmong(decides.view().instances());
        List<Listed> instances = decides == null
                ? List.of()
                : decides.view().instances().stream()
                        .limit(MAX_INSTANCES)
                        .map(instance -> listed(instance, chosen, written.get(instance.id())))
                        .toList();
        long listed = decides == null ? 0 : decides.view().count(filter);
        long known = decides == null ? 0 : decides.view().instances().size();
        return new Explanation(
                service,
                new Client(filter.zone(), filter.version(), filter.tags(), filter.all(), filter.lanes()),
                says(service, answeredBy, listed, known),
                answeredBy,
                listed,
                live.suspicion(name),
                live.failure(),
                steps,
                instances,
                elsewhere(service));
    }

    private static String says(String service, @Nullable String answeredBy, long listed, long known) {
        if (answeredBy == null) {
            return "No source knows %s: a caller is told that there is no such service, or that nobody can say."
                    .formatted(service);
        }
        String answer = "The source %s answers with %d of %d instances.".formatted(answeredBy, listed, known);
        return listed > 0
                ? answer
                : answer
                        + (known == 0
                                ? " Nobody is registered."
                                : " Nobody can be called: the reasons stand beside each.");
    }

    private List<Elsewhere> elsewhere(String service) {
        List<Elsewhere> elsewhere = new ArrayList<>();
        for (Comparison.Router router : peers.comparison().routers()) {
            router.differences().stream()
                    .filter(each -> each.service().equals(service))
                    .forEach(each ->
                            elsewhere.add(new Elsewhere(router.address(), each.sinceMs(), each.here(), each.there())));
        }
        return elsewhere;
    }

    /** What the registry wrote; nothing where Redis does not answer: the explanation goes without it. */
    private Map<String, String> written(ServiceName name) {
        try {
            return store.written(name);
        } catch (StoreException away) {
            return Map.of();
        }
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

    private static Listed listed(Instance instance, LookupFilter filter, @Nullable String written) {
        JsonNode said = MAPPER.readTree(written == null ? "{}" : written);
        List<String> overriddenBy = new ArrayList<>();
        said.path("overridden").path("by").forEach(each -> overriddenBy.add(each.asString("")));
        String why = filter.whyNot(instance);
        return new Listed(
                instance.id(),
                instance.incarnation(),
                instance.host(),
                instance.port(),
                instance.weight(),
                instance.zone(),
                instance.version(),
                instance.tags(),
                instance.status().name(),
                instance.held(),
                why == null,
                said.path("reason").isString() ? said.path("reason").stringValue() : null,
                overriddenBy,
                why == null && instance.held() ? "held: its lease or the store that listed it was lost" : why);
    }
}
