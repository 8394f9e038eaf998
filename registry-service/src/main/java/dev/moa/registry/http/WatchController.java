package dev.moa.registry.http;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.catalog.RegistrationRules;
import dev.moa.registry.watch.Subscription;
import dev.moa.registry.watch.SubscriptionHub;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Watches, as server-sent events. */
@RestController
class WatchController {
    private final SubscriptionHub hub;

    WatchController(SubscriptionHub hub) {
        this.hub = hub;
    }

    @Operation(
            summary = "Tells the changes of any number of services, as server-sent events",
            description = "event change: {service, epoch, revision, changes} or, where the changes cannot be told"
                    + " without a gap, {service, epoch, revision, snapshot}. event token: where to go on, as ?since=…"
                    + " or Last-Event-ID. event cut: the subscriber read too slowly. Comments are heartbeats.")
    @GetMapping(path = "/v1/watch", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    void watch(
            @RequestParam List<String> service,
            @RequestParam(required = false) @Nullable String since,
            @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        String token = since == null || since.isEmpty() ? lastEventId : since;
        watch(service, token, request, response);
    }

    @Operation(
            summary = "The same for more services than fit in an address",
            description = "The body: {\"services\":[…],\"since\":\"…\"}, without since where there is no token yet.")
    @PostMapping(path = "/v1/watch", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    void watch(@RequestBody WatchBody body, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        watch(body.services() == null ? List.of() : body.services(), body.since(), request, response);
    }

    /** What to watch. */
    record WatchBody(
            @Nullable List<String> services, @Nullable String since) {}

    private void watch(
            List<String> names, @Nullable String token, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        Set<ServiceName> services = new LinkedHashSet<>();
        // a list in JSON may hold null
        names.forEach(name -> services.add(RegistrationRules.serviceName(String.valueOf(name))));
        EventStream stream = new EventStream();
        Subscription subscription =
                hub.subscribe(name(request), services, token == null || token.isEmpty() ? null : token, stream);
        stream.begin(request, response, () -> hub.unsubscribe(subscription));
    }

    private static String name(HttpServletRequest request) {
        String agent = String.valueOf(request.getHeader("User-Agent"));
        String shown = agent.length() > 40 ? agent.substring(0, 40) + "…" : agent;
        return "%s:%d (%s, %s)".formatted(request.getRemoteAddr(), request.getRemotePort(), Author.of(request), shown);
    }
}
