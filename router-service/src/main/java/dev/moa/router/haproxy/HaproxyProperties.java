package dev.moa.router.haproxy;

import dev.moa.protocol.ServiceName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * HAProxies whose backends this router keeps equal to services.
 *
 * @param sockets where their Runtime API is, level admin: {@code host:port} or the path of a Unix socket; none switches
 *     the driver off
 * @param backends service by backend, for example {@code users: /service/user}
 * @param serverOptions what is put behind each server, for example {@code check inter 1s}; {@code default-server} does
 *     not count for servers that are added at run time
 * @param drainTimeout how long a server that has left may keep connections before they are closed
 * @param resync how often every backend is looked at though nothing has changed, for a reload forgets its servers
 * @param timeout how long one HAProxy's answer is waited for
 */
@ConfigurationProperties("moa.router.haproxy")
public record HaproxyProperties(
        @DefaultValue List<String> sockets,
        @DefaultValue Map<String, ServiceName> backends,
        @DefaultValue("") String serverOptions,
        @DefaultValue("30s") Duration drainTimeout,
        @DefaultValue("2s") Duration resync,
        @DefaultValue("2s") Duration timeout) {

    public HaproxyProperties {
        backends.keySet().forEach(backend -> {
            if (!backend.matches("[A-Za-z0-9_.:-]{1,64}")) {
                throw new IllegalArgumentException(
                        "moa.router.haproxy.backends: '%s' (expected: a backend's name of A-Z a-z 0-9 _ . : -)"
                                .formatted(backend));
            }
        });
        if (serverOptions.matches("(?s).*[;\\n\\r].*")) {
            throw new IllegalArgumentException(
                    "moa.router.haproxy.server-options: '%s' (expected: options of a server line, no ; and no line ends)"
                            .formatted(serverOptions));
        }
    }
}
