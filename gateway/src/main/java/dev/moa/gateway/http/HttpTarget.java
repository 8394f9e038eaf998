package dev.moa.gateway.http;

import dev.moa.protocol.ServiceName;
import dev.moa.sdk.lookup.InstanceAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/**
 * Where a request goes: the service, its instances as they were known when it came, and the one that has it.
 *
 * @param path how the path was read
 * @param instances the service's instances that speak HTTP
 * @param chosen the instance that has the request now
 */
record HttpTarget(
        ServicePath path, List<InstanceAddress> instances, AtomicReference<@Nullable InstanceAddress> chosen) {

    private static final String ATTRIBUTE = HttpTarget.class.getName();

    static HttpTarget of(ServicePath path, List<InstanceAddress> instances) {
        return new HttpTarget(path, instances, new AtomicReference<>());
    }

    ServiceName service() {
        return path.service();
    }

    void attach(ServerWebExchange exchange) {
        exchange.getAttributes().put(ATTRIBUTE, this);
    }

    static @Nullable HttpTarget find(ServerWebExchange exchange) {
        return exchange.getAttribute(ATTRIBUTE);
    }

    static HttpTarget of(ServerWebExchange exchange) {
        return exchange.getRequiredAttribute(ATTRIBUTE);
    }

    /**
     * Returns the address of the request at {@code instance}. A plain HTTP service is asked for the rest of the
     * path; a moa port is asked for all of it, because there the path names the service and its method.
     */
    URI uri(InstanceAddress instance, @Nullable String rawQuery) {
        String host = instance.host().indexOf(':') >= 0 ? "[" + instance.host() + "]" : instance.host();
        String head = instance.protocols().contains("moa") ? path.service().value() : "";
        String scheme = instance.speaksTls() ? "https://" : "http://";
        return URI.create(
                scheme + host + ":" + instance.port() + head + path.rest() + (rawQuery == null ? "" : "?" + rawQuery));
    }
}
