package dev.moa.router.http;

import dev.moa.protocol.ServiceName;
import dev.moa.router.pinned.PinnedSource;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** {@code /v1/pinned}: operators' answers for whole services. */
@RestController
@RequestMapping("/v1/pinned")
class PinnedController {
    private final PinnedSource pinned;

    PinnedController(PinnedSource pinned) {
        this.pinned = pinned;
    }

    record Pinned(List<String> services) {}

    record Said(String service, long atMs, boolean shared) {}

    @Operation(summary = "Lists the services that operators answer for")
    @GetMapping
    Pinned all() {
        return new Pinned(
                pinned.services().stream().map(ServiceName::value).sorted().toList());
    }

    @Operation(
            summary = "Answers for a service with exactly these instances, on every router, until it is taken back",
            description = "For operators. {\"instances\":[{\"host\":\"10.0.0.9\",\"port\":7000}],\"reason\":…}")
    @PutMapping
    Said pin(@RequestParam String service, @RequestBody JsonNode body, HttpServletRequest request) {
        var word = pinned.pin(
                ServiceName.of(service),
                body.path("instances"),
                Who.asks(request, body.path("reason").asString("")));
        return new Said(service, word.atMs(), word.isShared());
    }

    @Operation(summary = "Takes an operator's answer back", description = "For operators.")
    @DeleteMapping
    Said unpin(
            @RequestParam String service,
            @RequestParam(required = false) @Nullable String reason,
            HttpServletRequest request) {
        var word = pinned.unpin(ServiceName.of(service), Who.asks(request, reason));
        return new Said(service, word.atMs(), word.isShared());
    }
}
