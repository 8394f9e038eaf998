package dev.moa.router.http;

import dev.moa.protocol.MoaException;
import dev.moa.protocol.StatusCode;
import dev.moa.router.address.AddressSource;
import dev.moa.router.chain.Lookup;
import dev.moa.router.chain.Switches;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/sources}: the chain in its order, and the switch of each source. */
@RestController
@RequestMapping("/v1/sources")
class SourcesController {
    private final Lookup lookup;
    private final Switches switches;

    SourcesController(Lookup lookup, Switches switches) {
        this.lookup = lookup;
        this.switches = switches;
    }

    /** @param shared whether the other routers can know of the switch; if not, routers may differ until Redis answers */
    record Source(
            String name,
            String description,
            boolean enabled,
            @Nullable String by,
            @Nullable String reason,
            long atMs,
            boolean shared) {}

    record Sources(List<Source> sources) {}

    /** @param reason why, in one line; kept in the audit log */
    record Change(@Nullable Boolean enabled, @Nullable String reason) {}

    @Operation(summary = "Lists the sources in the order in which they are asked, and their switches")
    @GetMapping
    Sources all() {
        return new Sources(lookup.sources().stream().map(this::describe).toList());
    }

    @Operation(
            summary = "Switches a source on or off, here at once and on every router when Redis answers",
            description = "For operators. {\"enabled\":false,\"reason\":\"the replica lags\"}")
    @PutMapping("/{name}")
    Source turn(@PathVariable String name, @RequestBody Change change, HttpServletRequest request) {
        AddressSource source = lookup.sources().stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new MoaException(
                        StatusCode.NOT_FOUND,
                        "source: '%s' (expected: one of %s)"
                                .formatted(
                                        name,
                                        lookup.sources().stream()
                                                .map(AddressSource::name)
                                                .toList())));
        Boolean enabled = change.enabled();
        if (enabled == null) {
            throw new IllegalArgumentException("enabled: missing (expected: true or false)");
        }
        switches.turn(name, enabled, Who.asks(request, change.reason()));
        return describe(source);
    }

    private Source describe(AddressSource source) {
        Switches.Position position = switches.position(source.name());
        return new Source(
                source.name(),
                source.description(),
                position.enabled(),
                position.by(),
                position.reason(),
                position.atMs(),
                position.isShared());
    }
}
