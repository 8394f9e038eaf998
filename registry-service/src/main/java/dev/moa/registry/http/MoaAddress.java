package dev.moa.registry.http;

import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

/**
 * Where this registry's moa port is, as registrations are told, so that processes can hold a connection to it.
 *
 * @param value host and port, after {@code tls://} if it speaks TLS; null where the port is not known before it is bound
 */
record MoaAddress(@Nullable String value) {

    static MoaAddress of(Environment settings) {
        String bound = settings.getProperty("moa.server.host", "127.0.0.1");
        String host = settings.getProperty("moa.advertise.host", bound);
        int port = settings.getProperty("moa.server.port", Integer.class, 0);
        String scheme = settings.containsProperty("moa.server.ssl.bundle") ? "tls://" : "";
        return new MoaAddress(port == 0 ? null : scheme + (host.isEmpty() ? bound : host) + ":" + port);
    }
}
