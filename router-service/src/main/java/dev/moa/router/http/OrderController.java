package dev.moa.router.http;

import dev.moa.router.address.AddressSource;
import dev.moa.router.chain.Lookup;
import dev.moa.router.chain.Shadow;
import dev.moa.router.chain.Switches;
import jakarta.servlet.http.HttpServletRequest;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/order}: in which order sources are asked; {@code /v1/shadow}: what another order would answer. */
@RestController
class OrderController {
    private final Lookup lookup;
    private final Switches switches;
    private final Shadow shadow;

    OrderController(Lookup lookup, Switches switches, Shadow shadow) {
        this.lookup = lookup;
        this.switches = switches;
        this.shadow = shadow;
    }

    record Order(@Nullable List<String> order) {}

    record Said(List<String> order, long atMs, boolean shared) {}

    /**
     * @param order the sources that are tried, in their order; empty if nothing is
     * @param compared answers that were compared on this router
     * @param different those of them that would be others
     * @param divergences the last of these, the newest first
     */
    record Compared(
            List<String> order,
            @Nullable String by,
            long sinceMs,
            long compared,
            long different,
            List<Shadow.Divergence> divergences) {}

    @GetMapping("/v1/order")
    Order order() {
        return new Order(names());
    }

    /** Takes an order into effect, on every router; an empty one is that of the design. */
    @PutMapping("/v1/order")
    Said order(@RequestBody Order wanted, HttpServletRequest request) {
        List<String> names = checked(wanted);
        if (!names.isEmpty() && names.size() != names().size()) {
            throw new IllegalArgumentException(
                    "order: %s (expected: every source once, %s; switch off what shall not be asked)"
                            .formatted(names, names()));
        }
        var said = switches.order(names, Who.asks(request));
        return new Said(names(), said.atMs(), said.isShared());
    }

    @GetMapping("/v1/shadow")
    Compared shadow() {
        Switches.Candidate candidate = switches.candidate();
        return new Compared(
                candidate == null ? List.of() : candidate.order(),
                candidate == null ? null : candidate.by(),
                candidate == null ? 0 : candidate.atMs(),
                shadow.compared(),
                shadow.different(),
                shadow.divergences());
    }

    /** Compares from now on, on every router; what is not named is not asked. */
    @PutMapping("/v1/shadow")
    Said shadow(@RequestBody Order wanted, HttpServletRequest request) {
        List<String> names = checked(wanted);
        if (names.isEmpty()) {
            throw new IllegalArgumentException("order: [] (expected: some of %s)".formatted(names()));
        }
        var said = switches.candidate(names, Who.asks(request));
        return new Said(names, said.atMs(), said.isShared());
    }

    @DeleteMapping("/v1/shadow")
    Said end(HttpServletRequest request) {
        var said = switches.candidate(List.of(), Who.asks(request));
        return new Said(List.of(), said.atMs(), said.isShared());
    }

    private List<String> checked(Order wanted) {
        List<String> names = wanted.order();
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
