package dev.moa.router.http;

import dev.moa.router.address.AddressSource;
import dev.moa.router.chain.Lookup;
import dev.moa.router.chain.Shadow;
import dev.moa.router.chain.Switches;
import dev.moa.router.chain.TriedOverride;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.servlet.http.HttpServletRequest;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/order}: in which order sources are asked; {@code /v1/shadow}: what another order would answer. */
@RestController
class OrderController {
    private static final int MAX_OVERRIDES = 100;

    private final Lookup lookup;
    private final Switches switches;
    private final Shadow shadow;

    OrderController(Lookup lookup, Switches switches, Shadow shadow) {
        this.lookup = lookup;
        this.switches = switches;
        this.shadow = shadow;
    }

    /** @param reason why, in one line; kept in the audit log */
    record Order(@Nullable List<String> order, @Nullable String reason) {}

    /**
     * @param order absent for the present order, to try overrides alone
     * @param overrides as they would be put in at the registry: {@code {service, scope, set}}
     * @param reason why, in one line; kept in the audit log
     */
    record Trial(
            @Nullable List<String> order,
            @Nullable List<TriedOverride> overrides,
            @Nullable String reason) {}

    record Said(List<String> order, long atMs, boolean shared) {}

    /**
     * @param order the sources that are tried, in their order; empty if nothing is
     * @param overrides those that are tried behind them
     * @param compared answers that were compared on this router
     * @param different those of them that would be others
     * @param divergences the last of these, the newest first
     */
    record Compared(
            List<String> order,
            List<TriedOverride> overrides,
            @Nullable String by,
            long sinceMs,
            long compared,
            long different,
            List<Shadow.Divergence> divergences) {}

    @Operation(summary = "Returns the order in which sources are asked")
    @GetMapping("/v1/order")
    Order order() {
        return new Order(names(), null);
    }

    /** Takes an order into effect, on every router; an empty one is that of the design. */
    @Operation(
            summary = "Takes another order of the sources into effect; an empty one is that of the design",
            description = "For operators. Every source once.")
    @PutMapping("/v1/order")
    Said order(@RequestBody Order wanted, HttpServletRequest request) {
        List<String> names = checked(wanted.order());
        if (!names.isEmpty() && names.size() != names().size()) {
            throw new IllegalArgumentException(
                    "order: %s (expected: every source once, %s; switch off what shall not be asked)"
                            .formatted(names, names()));
        }
        var said = switches.order(names, Who.asks(request, wanted.reason()));
        return new Said(names(), said.atMs(), said.isShared());
    }

    @Operation(summary = "Says what is tried in the shadow, and which answers would be others")
    @GetMapping("/v1/shadow")
    Compared shadow() {
        Switches.Candidate candidate = switches.candidate();
        return new Compared(
                candidate == null ? List.of() : candidate.order(),
                candidate == null ? List.of() : candidate.overrides(),
                candidate == null ? null : candidate.by(),
                candidate == null ? 0 : candidate.atMs(),
                shadow.compared(),
                shadow.different(),
                shadow.divergences());
    }

    /** Compares from now on, on every router; what is not named is not asked. */
    @Operation(
            summary = "Tries another order of the sources, or overrides, on the lookups that come, before it counts",
            description = "For operators. {\"order\":[\"replica\",\"live\"]} or {\"overrides\":[{\"service\":…,"
                    + "\"scope\":{\"zone\":\"west\"},\"set\":{\"status\":\"DOWN\"}}]}, or both. GET /v1/shadow says which"
                    + " answers would be others.")
    @PutMapping("/v1/shadow")
    Said shadow(@RequestBody Trial wanted, HttpServletRequest request) {
        List<TriedOverride> overrides = wanted.overrides() == null ? List.of() : wanted.overrides();
        if (overrides.size() > MAX_OVERRIDES) {
            throw new IllegalArgumentException("overrides: %d (expected: at most %d; try them in turn)"
                    .formatted(overrides.size(), MAX_OVERRIDES));
        }
        List<String> names = wanted.order() == null && !overrides.isEmpty() ? names() : checked(wanted.order());
        if (names.isEmpty()) {
            throw new IllegalArgumentException("order: [] (expected: some of %s)".formatted(names()));
        }
        var said = switches.candidate(names, overrides, Who.asks(request, wanted.reason()));
        return new Said(names, said.atMs(), said.isShared());
    }

    @Operation(summary = "Ends the trial", description = "For operators.")
    @DeleteMapping("/v1/shadow")
    Said end(@RequestParam(required = false) @Nullable String reason, HttpServletRequest request) {
        var said = switches.candidate(List.of(), List.of(), Who.asks(request, reason));
        return new Said(List.of(), said.atMs(), said.isShared());
    }

    private List<String> checked(@Nullable List<String> names) {
        if (names == null) {
            throw new IllegalArgumentException("order: missing (expected: an array of %s)".formatted(names()));
        }
        if (!names().containsAll(names) || new HashSet<>(names).size() != names.size()) {
            throw new IllegalArgumentException("order: %s (expected: some of %s, each once)".formatted(names, names()));
        }
        return names;
    }

    private List<String> names() {
        return lookup.sources().stream().map(AddressSource::name).toList();
    }
}
