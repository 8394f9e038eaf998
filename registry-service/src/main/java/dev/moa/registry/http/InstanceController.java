package dev.moa.registry.http;

import dev.moa.protocol.Caller;
import dev.moa.protocol.ServiceName;
import dev.moa.registry.Permissions;
import dev.moa.registry.Refusal;
import dev.moa.registry.catalog.CatalogProperties;
import dev.moa.registry.catalog.ChangeReason;
import dev.moa.registry.catalog.Instance;
import dev.moa.registry.catalog.InstanceId;
import dev.moa.registry.catalog.InstancePatch;
import dev.moa.registry.catalog.Lease;
import dev.moa.registry.catalog.RedisCatalog;
import dev.moa.registry.catalog.Registered;
import dev.moa.registry.catalog.Registration;
import dev.moa.registry.catalog.RegistrationRules;
import dev.moa.registry.catalog.Renewal;
import dev.moa.registry.catalog.ServiceChanges;
import dev.moa.registry.catalog.ServiceSnapshot;
import dev.moa.registry.catalog.Written;
import dev.moa.registry.intent.Audit;
import dev.moa.registry.probe.Holds;
import dev.moa.registry.quota.WriteQuota;
import dev.moa.spring.security.RequestCaller;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Registrations and their leases. */
@RestController
class InstanceController {
    private static final int MAX_CHANGES = 1000;

    private final RedisCatalog catalog;
    private final RegistrationRules rules;
    private final CatalogProperties limits;
    private final MoaAddress moaAddress;
    private final Holds holds;
    private final Audit audit;
    private final WriteQuota quota;

    InstanceController(
            RedisCatalog catalog,
            RegistrationRules rules,
            CatalogProperties limits,
            MoaAddress moaAddress,
            Holds holds,
            Audit audit,
            WriteQuota quota) {
        this.quota = quota;
        this.audit = audit;
        this.holds = holds;
        this.moaAddress = moaAddress;
        this.catalog = catalog;
        this.rules = rules;
        this.limits = limits;
    }

    @Operation(
            summary = "Registers an instance and starts its lease",
            description = "Idempotent by id: the same registration again changes nothing but the lease. Another one"
                    + " under the same id is a new process and gets a new incarnation.",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            content = @Content(schema = @Schema(implementation = RegistrationBody.class))))
    @PostMapping("/v1/instances")
    ResponseEntity<RegisteredBody> register(@RequestBody JsonNode body, HttpServletRequest request) {
        Registration registration = rules.registration(body);
        Permissions.require(RequestCaller.of(request), registration.service());
        Registered registered = catalog.register(registration);
        return ResponseEntity.created(URI.create("/v1/instances/" + registered.id()))
                .body(new RegisteredBody(registered, moaAddress.value()));
    }

    @Operation(
            summary = "Registers many instances, of any number of services in one request",
            description = "Each succeeds or is refused by itself: the results are in order, each with registered, or"
                    + " with a problem as a registration alone would get it. At most moa.registry.catalog.max-leases;"
                    + " they count as that many writes.",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            content = @Content(schema = @Schema(implementation = RegistrationsBody.class))))
    @PostMapping("/v1/instances/batch")
    RegistrationsBody.Results registerAll(
            @RequestBody JsonNode body, HttpServletRequest request, HttpServletResponse response) {
        JsonNode wanted = RegistrationRules.registrations(body.get("instances"), limits.maxLeases());
        if (wanted.size() > 1) {
            requireQuota(wanted.size() - 1, request, response);
        }
        Caller caller = RequestCaller.of(request);
        List<Object> answers = new ArrayList<>(wanted.size());
        List<Registration> registrations = new ArrayList<>(wanted.size());
        for (JsonNode each : wanted) {
            try {
                Registration registration = rules.registration(each);
                Permissions.require(caller, registration.service());
                registrations.add(registration);
                answers.add(registration);
            } catch (Refusal refusal) {
                answers.add(refusal);
            }
        }
        Iterator<Object> registered = catalog.registerAll(registrations).iterator();
        answers.replaceAll(answer -> answer instanceof Refusal ? answer : registered.next());
        return RegistrationsBody.Results.of(answers, moaAddress.value());
    }

    /** Takes what a request writes beyond the one write that every request is. */
    private void requireQuota(int more, HttpServletRequest request, HttpServletResponse response) {
        String name = QuotaFilter.name(request);
        double wait = quota.take(name, more);
        if (wait > 0) {
            response.setHeader(HttpHeaders.RETRY_AFTER, QuotaFilter.retryAfter(wait));
            throw quota.refusal(name, wait);
        }
    }

    @Operation(
            summary = "Renews leases, of any number of services in one request",
            description = "renewed: go on. unknown: register again. stale: a later registration owns the id, stop."
                    + " When all leases are stale the answer is 409.",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            content = @Content(schema = @Schema(implementation = LeasesBody.class))))
    @PutMapping("/v1/leases")
    Renewal renew(@RequestBody JsonNode body, HttpServletRequest request) {
        List<Lease> leases = RegistrationRules.leases(body.get("leases"), limits.maxLeases());
        Caller caller = RequestCaller.of(request);
        leases.forEach(lease -> Permissions.require(caller, lease.id().service()));
        Renewal renewal = catalog.renew(leases);
        if (!renewal.stale().isEmpty()
                && renewal.renewed().isEmpty()
                && renewal.unknown().isEmpty()) {
            Renewal.Stale first = renewal.stale().get(0);
            throw Refusal.stale(first.id(), first.given(), first.current());
        }
        return renewal;
    }

    @Operation(
            summary = "Lists the instances of a service, as of one moment",
            description = "zone, version, status; tag=name:value, more than once for all of them; lane=blue|base: of"
                    + " the instances that are UP those of the first lane that has any (tag lane; base: without it; *:"
                    + " all). 503 while Redis has lost the service and nobody is back.")
    @GetMapping("/v1/instances")
    ListedService instances(
            @RequestParam String service,
            @RequestParam(required = false) @Nullable String zone,
            @RequestParam(required = false) @Nullable String version,
            @RequestParam(required = false) @Nullable String status,
            @RequestParam(required = false) @Nullable List<String> tag,
            @RequestParam(required = false) @Nullable String lane) {
        ServiceName name = RegistrationRules.serviceName(service);
        InstanceFilter filter = InstanceFilter.of(zone, version, status, tag, lane);
        ServiceSnapshot snapshot = catalog.snapshot(name);
        boolean rebuilding = catalog.isRebuilding(name);
        if (rebuilding && snapshot.instances().isEmpty()) {
            throw Refusal.rebuilding(service);
        }
        return ListedService.of(snapshot, rebuilding, filter, holds);
    }

    @Operation(summary = "Returns one instance")
    @GetMapping("/v1/instances/{id}")
    Instance instance(@PathVariable String id) {
        Instance instance = catalog.find(InstanceId.parse(id));
        if (instance == null) {
            throw Refusal.unknown(id);
        }
        return instance;
    }

    @Operation(
            summary = "Changes an instance: status, weight, zone, version, tags, metadata",
            description = "409 for a stale incarnation. reason: changed (default) or operator.",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            content = @Content(schema = @Schema(implementation = InstancePatch.class))))
    @PatchMapping("/v1/instances/{id}")
    Written change(
            @PathVariable String id,
            @RequestParam String incarnation,
            @RequestParam(required = false) @Nullable String reason,
            @RequestBody JsonNode body,
            HttpServletRequest request) {
        InstanceId instance = InstanceId.parse(id);
        Permissions.require(RequestCaller.of(request), instance.service());
        ChangeReason why = reason(reason, ChangeReason.CHANGED, request);
        Written written = catalog.change(instance, incarnation(incarnation), rules.patch(body), why);
        audit(why, "change", instance, body.toString(), request);
        return written;
    }

    @Operation(
            summary = "Removes an instance",
            description = "409 for a stale incarnation. reason: graceful (default) or operator.")
    @DeleteMapping("/v1/instances/{id}")
    Written remove(
            @PathVariable String id,
            @RequestParam String incarnation,
            @RequestParam(required = false) @Nullable String reason,
            HttpServletRequest request) {
        InstanceId instance = InstanceId.parse(id);
        Permissions.require(RequestCaller.of(request), instance.service());
        ChangeReason why = reason(reason, ChangeReason.GRACEFUL, request);
        Written written = catalog.remove(instance, incarnation(incarnation), why);
        audit(why, "remove", instance, "", request);
        return written;
    }

    private void audit(ChangeReason why, String action, InstanceId id, String detail, HttpServletRequest request) {
        if (why == ChangeReason.OPERATOR) {
            audit.record(Author.of(request), action, id.service().value(), id.value(), why.word(), detail);
        }
    }

    @Operation(
            summary = "Returns the changes of a service after a revision",
            description = "Bounded: the stream keeps about the last 1,000. When the first change is not since + 1, read"
                    + " the instances again.")
    @GetMapping("/v1/changes")
    ServiceChanges changes(@RequestParam String service, @RequestParam(defaultValue = "0") String since) {
        ServiceName name = RegistrationRules.serviceName(service);
        return catalog.changes(name, number("since", since, "a revision, 0 or greater"), MAX_CHANGES);
    }

    private static long incarnation(String value) {
        return number("incarnation", value, "a whole number, as the registration answered it");
    }

    private static long number(String name, String value, String limit) {
        try {
            long number = Long.parseLong(value);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // refused below
        }
        throw Refusal.invalid(name, value, limit, "read it from GET /v1/instances?service=…");
    }

    private static ChangeReason reason(@Nullable String value, ChangeReason otherwise, HttpServletRequest request) {
        if (value == null || value.equals(otherwise.word())) {
            return otherwise;
        }
        if (value.equals(ChangeReason.OPERATOR.word())) {
            Permissions.requireOperator(RequestCaller.of(request), "give the reason operator");
            return ChangeReason.OPERATOR;
        }
        throw Refusal.invalid(
                "reason", value, otherwise.word() + " or operator", "leave it out unless an operator does this");
    }
}
