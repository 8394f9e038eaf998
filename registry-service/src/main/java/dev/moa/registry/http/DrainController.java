package dev.moa.registry.http;

import dev.moa.registry.Permissions;
import dev.moa.registry.Refusal;
import dev.moa.registry.catalog.InstanceId;
import dev.moa.registry.drain.DrainReport;
import dev.moa.registry.drain.Drains;
import dev.moa.spring.security.RequestCaller;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Takes instances out without losing a call. */
@RestController
class DrainController {
    private static final long MAX_WAIT_MS = 30_000;

    private final Drains drains;

    DrainController(Drains drains) {
        this.drains = drains;
    }

    @Operation(
            summary = "Drains an instance and returns when everybody knows",
            description = "Lists it as DRAINING until it leaves, and waits, at most waitMs, until every live router"
                    + " answers without it, the clients that watch there have come back with that answer, and every"
                    + " watch has been sent the revision. acknowledged: false names in"
                    + " behind who has not.")
    @PostMapping("/v1/instances/{id}/drain")
    DrainReport drain(
            @PathVariable String id,
            @RequestParam long incarnation,
            @RequestParam(defaultValue = "5000") long waitMs,
            HttpServletRequest request) {
        InstanceId instance = InstanceId.parse(id);
        Permissions.require(RequestCaller.of(request), instance.service());
        if (waitMs < 0 || waitMs > MAX_WAIT_MS) {
            throw Refusal.invalid("waitMs", waitMs, "0 to " + MAX_WAIT_MS, "wait in more than one request");
        }
        return drains.drain(instance, incarnation, Duration.ofMillis(waitMs), Author.of(request));
    }
}
