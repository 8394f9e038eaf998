package dev.moa.router.http;

import dev.moa.protocol.MoaException;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.router.pinned.PinnedSource;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
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

    record Pinned(List<PinnedSource.Answer> pinned) {}

    record Said(String service, long atMs, boolean shared) {}

    @Operation(
            summary = "Lists what operators answer for services: with which instances, who, why, until when",
            description = "With service only the one of this service, if there is one.")
    @GetMapping
    Pinned all(@RequestParam(required = false) @Nullable String service) {
        List<ServiceName> names =
                service == null ? pinned.services().stream().sorted().toList() : List.of(ServiceName.of(service));
        return new Pinned(
                names.stream().map(pinned::answer).filter(Objects::nonNull).toList());
    }

    @Operation(
            summary = "Answers for a service with exactly these instances, on every router, until it is taken back",
            description = "For operators. {\"instances\":[{\"host\":\"10.0.0.9\",\"port\":7000}],\"reason\":…,"
                    + "\"expiresSeconds\":3600}; without expiresSeconds it does not end by itself.")
    @PutMapping
    Said pin(@RequestParam String service, @RequestBody JsonNode body, HttpServletRequest request) {
        var word = pinned.pin(
                ServiceName.of(service),
                body.path("instances"),
                standsFor(body.path("expiresSeconds")),
                Who.asks(request, body.path("reason").asString("")));
        return new Said(service, word.atMs(), word.isShared());
    }

    @Operation(summary = "Takes an operator's answer back", description = "For operators.")
    @DeleteMapping
    Said unpin(
            @RequestParam String service,
            @RequestParam(required = false) @Nullable String reason,
            HttpServletRequest request) {
        ServiceName name = ServiceName.of(service);
        if (pinned.answer(name) == null) {
            throw new MoaException(
                    StatusCode.NOT_FOUND, service + ": not pinned, or no longer. GET /v1/pinned lists what is");
        }
        var word = pinned.unpin(name, Who.asks(request, reason));
        return new Said(service, word.atMs(), word.isShared());
    }

    private static @Nullable Duration standsFor(JsonNode seconds) {
        if (seconds.isMissingNode() || seconds.isNull()) {
            return null;
        }
        if (!seconds.isIntegralNumber() || !seconds.canConvertToInt()) {
            throw new IllegalArgumentException(
                    "expiresSeconds: %s (expected: a number of seconds, or absent for never)".formatted(seconds));
        }
        return Duration.ofSeconds(seconds.intValue());
    }
}
