package dev.moa.registry.http;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.catalog.RegistrationRules;
import dev.moa.registry.watch.Outlet;
import dev.moa.registry.watch.Subscription;
import dev.moa.registry.watch.SubscriptionHub;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Watches, as server-sent events. */
@RestController
class WatchController {
    private static final long NO_TIMEOUT = 0;

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
    SseEmitter watch(
            @RequestParam List<String> service,
            @RequestParam(required = false) @Nullable String since,
            @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId,
            HttpServletRequest request) {
        Set<ServiceName> services = new LinkedHashSet<>();
        service.forEach(name -> services.add(RegistrationRules.serviceName(name)));
        String token = since == null || since.isEmpty() ? lastEventId : since;
        SseEmitter emitter = new SseEmitter(NO_TIMEOUT);
        Subscription subscription = hub.subscribe(
                name(request), services, token == null || token.isEmpty() ? null : token, new SseOutlet(emitter));
        emitter.onCompletion(() -> hub.unsubscribe(subscription));
        emitter.onError(failure -> hub.unsubscribe(subscription));
        return emitter;
    }

    private static String name(HttpServletRequest request) {
        String agent = String.valueOf(request.getHeader("User-Agent"));
        String shown = agent.length() > 40 ? agent.substring(0, 40) + "…" : agent;
        return "%s:%d (%s, %s)".formatted(request.getRemoteAddr(), request.getRemotePort(), Author.of(request), shown);
    }

    private record SseOutlet(SseEmitter emitter) implements Outlet {

        @Override
        public void send(String event, String data) throws IOException {
            emitter.send(SseEmitter.event().name(event).data(data, MediaType.TEXT_PLAIN));
        }

        @Override
        public void sendToken(String token) throws IOException {
            emitter.send(SseEmitter.event().id(token).name("token").data(token, MediaType.TEXT_PLAIN));
        }

        @Override
        public void sendHeartbeat() throws IOException {
            emitter.send(SseEmitter.event().comment("still here"));
        }

        @Override
        public void close() {
            emitter.complete();
        }
    }
}
