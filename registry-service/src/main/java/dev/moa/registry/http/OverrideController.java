package dev.moa.registry.http;

import dev.moa.registry.Refusal;
import dev.moa.registry.catalog.InstanceOverride;
import dev.moa.registry.catalog.RedisCatalog;
import dev.moa.registry.catalog.RegistrationRules;
import dev.moa.registry.intent.Audit;
import dev.moa.registry.intent.AuditEntry;
import dev.moa.registry.intent.OverrideDesk;
import dev.moa.registry.intent.OverrideWish;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What operators want, and who wanted it. */
@RestController
class OverrideController {
    private static final int MAX_AUDIT = 1_000;
    private static final int MAX_RESTORED = 10_000;

    private final RedisCatalog catalog;
    private final OverrideDesk desk;
    private final Audit audit;
    private final RegistrationRules rules;
    private final JsonMapper json;

    OverrideController(RedisCatalog catalog, OverrideDesk desk, Audit audit, RegistrationRules rules, JsonMapper json) {
        this.catalog = catalog;
        this.desk = desk;
        this.audit = audit;
        this.rules = rules;
        this.json = json;
    }

    /** The overrides of a service, those of the prober among them. */
    record Overrides(String service, List<InstanceOverride> overrides) {}

    /** @param changed how many instances are listed otherwise now */
    record Lifted(String id, int changed) {}

    /** What operators want, as it can be kept and put in again. */
    record Intent(List<InstanceOverride> overrides) {}

    /** @param restored how many overrides were put in */
    record Restored(int restored) {}

    /** The newest first. */
    record AuditPage(List<AuditEntry> entries) {}

    @Operation(
            summary = "Overrides status, weight or tags of instances",
            description = "For operators. scope: {instance}, {address}, {zone}, {version}, or {} for all of the"
                    + " service. An override of an instance holds for its present registration, or with lasting: true"
                    + " for later ones too. expiresSeconds: absent for never."
                    + " One that leaves nobody to be called is refused unless force: true.")
    @PostMapping("/v1/overrides")
    ResponseEntity<OverrideDesk.Put> put(@RequestBody JsonNode body, HttpServletRequest request) {
        String author = Author.operator(request, "override instances");
        return ResponseEntity.status(HttpStatus.CREATED).body(desk.put(OverrideWish.read(body, rules), author));
    }

    @Operation(summary = "Lists the overrides of a service, the oldest first")
    @GetMapping("/v1/overrides")
    Overrides overrides(@RequestParam String service) {
        return new Overrides(service, catalog.overrides(RegistrationRules.serviceName(service)));
    }

    @Operation(summary = "Lifts an override: instances are listed as they say again", description = "For operators.")
    @DeleteMapping("/v1/overrides/{id}")
    Lifted lift(
            @PathVariable String id,
            @RequestParam String service,
            @RequestParam(defaultValue = "lifted") String reason,
            HttpServletRequest request) {
        String author = Author.operator(request, "lift overrides");
        return new Lifted(id, desk.lift(RegistrationRules.serviceName(service), id, author, reason));
    }

    @Operation(summary = "Exports what operators want: the overrides of all services, or of one")
    @GetMapping("/v1/intent")
    Intent export(@RequestParam(required = false) @Nullable String service) {
        return new Intent(desk.export(service == null ? null : RegistrationRules.serviceName(service)));
    }

    @Operation(
            summary = "Puts exported overrides in again, under the ids they had",
            description = "For operators. What is there under other ids stays; what is over is left out.")
    @PutMapping("/v1/intent")
    Restored restore(@RequestBody JsonNode body, HttpServletRequest request) {
        String author = Author.operator(request, "restore overrides");
        check(body.path("overrides"));
        try {
            Intent intent = json.treeToValue(body, Intent.class);
            if (intent.overrides() == null || intent.overrides().size() > MAX_RESTORED) {
                throw Refusal.invalid(
                        "overrides",
                        intent.overrides() == null
                                ? "absent"
                                : intent.overrides().size(),
                        "a list of at most " + MAX_RESTORED,
                        "send what GET /v1/intent answered");
            }
            return new Restored(desk.restore(intent.overrides(), author));
        } catch (JacksonException | NullPointerException | IllegalArgumentException notAnIntent) {
            throw Refusal.invalid("body", "not readable", "what GET /v1/intent answers", "send the export as it was");
        }
    }

    /** All of them before the first is put in, and which of them it is. */
    private void check(JsonNode overrides) {
        int number = 0;
        for (JsonNode each : overrides) {
            try {
                OverrideWish.check(each, rules);
            } catch (Refusal broken) {
                throw Refusal.invalid(
                        "overrides[%d].%s".formatted(number, broken.title().replaceFirst("^Invalid ", "")),
                        broken.particulars().get("value"),
                        String.valueOf(broken.particulars().get("limit")),
                        "correct it or leave it out; nothing of the export was put in");
            }
            number++;
        }
    }

    @Operation(summary = "Returns who did what, the newest first", description = "About the last 10,000 are kept.")
    @GetMapping("/v1/audit")
    AuditPage audit(
            @RequestParam(required = false) @Nullable String service, @RequestParam(defaultValue = "100") int limit) {
        return new AuditPage(audit.read(service, Math.max(1, Math.min(limit, MAX_AUDIT))));
    }
}
