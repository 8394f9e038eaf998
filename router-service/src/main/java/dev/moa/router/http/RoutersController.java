package dev.moa.router.http;

import dev.moa.protocol.ServiceName;
import dev.moa.router.peers.Comparison;
import dev.moa.router.peers.Digests;
import dev.moa.router.peers.Peers;
import io.swagger.v3.oas.annotations.Operation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/routers}, {@code /v1/digests}: whether all routers know the same. */
@RestController
class RoutersController {
    private static final int MAX_SERVICES = 500;

    private final Peers peers;
    private final Digests digests;

    RoutersController(Peers peers, Digests digests) {
        this.peers = peers;
        this.digests = digests;
    }

    /** @param digest of all services that this router answers for */
    record Page(String router, String digest, int services, List<Digests.Digest> digests) {}

    @Operation(
            summary = "Compares the routers: which of them answers otherwise, for which services, since when",
            description = "Compared every moa.router.peers.interval by the router that is asked.")
    @GetMapping("/v1/routers")
    Comparison routers() {
        return peers.comparison();
    }

    @Operation(
            summary = "Returns a digest of all that this router answers, and of some services",
            description = "The digest of a service is made as that of the registry's GET /v1/digests.")
    @GetMapping("/v1/digests")
    Page digests(@RequestParam(required = false) @Nullable List<String> service) {
        List<String> names = service == null ? List.of() : service;
        if (names.size() > MAX_SERVICES) {
            throw new IllegalArgumentException(
                    "service: %d of them (expected: at most %d; ask in more than one request)"
                            .formatted(names.size(), MAX_SERVICES));
        }
        var all = digests.all();
        List<Digests.Digest> asked = new ArrayList<>();
        for (String name : names) {
            Digests.Digest digest = digests.of(ServiceName.of(name));
            if (digest != null) {
                asked.add(digest);
            }
        }
        return new Page(digests.router(), Digests.total(all.values()), all.size(), asked);
    }
}
