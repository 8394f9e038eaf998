package dev.moa.router.http;

import dev.moa.protocol.ServiceName;
import dev.moa.router.pinned.PinnedSource;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
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

    @GetMapping
    Pinned all() {
        return new Pinned(
                pinned.services().stream().map(ServiceName::value).sorted().toList());
    }

    @PutMapping
    Said pin(@RequestParam String service, @RequestBody JsonNode body, HttpServletRequest request) {
        var word = pinned.pin(ServiceName.of(service), body.path("instances"), Who.asks(request));
        return new Said(service, word.atMs(), word.isShared());
    }

    @DeleteMapping
    Said unpin(@RequestParam String service, HttpServletRequest request) {
        var word = pinned.unpin(ServiceName.of(service), Who.asks(request));
        return new Said(service, word.atMs(), word.isShared());
    }
}
