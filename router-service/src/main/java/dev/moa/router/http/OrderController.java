package dev.moa.router.http;

import dev.moa.protocol.Deadline;
import dev.moa.router.address.AddressSource;
import dev.moa.router.chain.Catalog;
import dev.moa.router.chain.Lookup;
import dev.moa.router.chain.Shadow;
import dev.moa.router.chain.Switches;
import dev.moa.router.chain.TriedOverride;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code /v1/order}: in which order sources are asked; {@code /v1/preview} and {@code /v1/shadow}: what another order
 * would answer, for every service now, and for the lookups that come.
 */
@RestController
class OrderController {
    private static final int MAX_OVERRIDES = 100;

    private static final Duration PREVIEW = Duration.ofSeconds(2);

    private final Lookup lookup;
    private final Catalog catalog;
    private final Switches switches;
    private final Shadow shadow;

    OrderController(Lookup lookup, Catalog catalog, Switches switches, Shadow shadow) {
        this.lookup = lookup;
        this.catalog = catalog;
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
     * @param order the sources as they are asked
     * @param usual the order of the design
     * @param by who set it last, or put the usual one back; null if nobody did
     * @param atMs when; 0 if nobody did
     * @param shared whether the other routers can know
     */
    record InForce(
            List<String> order,
            List<String> usual,
            @Nullable String by,
            @Nullable String reason,
            long atMs,
            boolean shared) {}

    /**
     * @param order the sources that are tried, in their order; empty if nothing is
     * @param overrides those that are tried behind them
     * @param by who wants to know; null if nothing is tried
     * @param compared answers that were compared on this router
     * @param different those of them that would be others
     * @param divergences the last of each service, the newest first
     */
    record Compared(
            List<String> order,
            List<TriedOverride> overrides,
            @Nullable String by,
            @Nullable String reason,
            long sinceMs,
            long compared,
            long different,
            List<Shadow.Divergence> divergences) {}

    @Operation(summary = "Returns the order in which sources are asked, who set it, when and why")
    @GetMapping("/v1/order")
    InForce order() {
        Switches.Position said = switches.orderPosition();
        return new InForce(names(), lookup.usualOrder(), said.by(), said.reason(), said.atMs(), said.isShared());
    }

    @Operation(
            summary = "Says what every service would be answered if these sources were asked, in this order",
            description =
                    "Asks nothing of anybody else and changes nothing. What is not named is not asked; an empty order"
                            + " is all of them switched off. Looks at as many services as two seconds allow.")
    @GetMapping("/v1/preview")
    Shadow.Preview preview(@RequestParam List<String> order) {
        return shadow.preview(checked(order), catalog.services(), Deadline.after(PREVIEW));
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
                candidate == null ? null : candidate.reason(),
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
