package dev.moa.spring;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who this process is and where the platform is.
 *
 * @param app The name under which this process calls and reports; by default spring.application.name.
 * @param zone Where this process runs, for zone-first balancing; none by default.
 * @param registry Where to register.
 * @param router Where to look up.
 * @param advertise How others reach this process.
 */
@ConfigurationProperties("moa")
public record MoaProperties(
        @Nullable String app,
        @Nullable String zone,
        @DefaultValue Registry registry,
        @DefaultValue Router router,
        @DefaultValue Advertise advertise) {

    /**
     * Where to register.
     *
     * @param urls Base URLs of the registry's replicas; an empty list means that this process does not register.
     */
    public record Registry(
            @DefaultValue("http://127.0.0.1:8081") List<String> urls) {}

    /**
     * Where to look up.
     *
     * @param addresses host:port of the routers' moa ports, tls://host:port where they speak TLS.
     */
    public record Router(@DefaultValue("127.0.0.1:6382") List<String> addresses) {}

    /**
     * How others reach this process.
     *
     * @param host The host that is registered; by default moa.server.host, or this machine's address where that is 0.0.0.0.
     */
    public record Advertise(@Nullable String host) {}
}
