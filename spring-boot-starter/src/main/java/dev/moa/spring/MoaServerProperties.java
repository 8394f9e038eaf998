package dev.moa.spring;

import dev.moa.protocol.ServiceName;
import dev.moa.sdk.publish.ServiceLimits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The moa port of this process and how its services are registered.
 *
 * @param host The address to bind; anything but loopback needs a token.
 * @param port The moa port; 0 takes a free one.
 * @param weight The share of calls that this process wants, beside others of the same service; 0 to 1000.
 * @param version The version of the services, shown in the registry; none by default.
 * @param tags Labels for routing, for example lane=blue.
 * @param metadata Text for people and tools; moa does not read it.
 * @param drain How long a stopping process waits for its calls in flight, the quiet time included.
 * @param quietTime How long a stopping process serves its Redis and HTTP clients on while they move; it ends when they have.
 * @param limits How much of each service runs at once, without methods that run on the event loop.
 * @param services What holds for single services and their methods instead.
 * @param ssl TLS of the moa port.
 */
@ConfigurationProperties("moa.server")
public record MoaServerProperties(
        @DefaultValue("127.0.0.1") String host,
        @DefaultValue("0") int port,
        @DefaultValue("100") int weight,
        @Nullable String version,
        @DefaultValue Map<String, String> tags,
        @DefaultValue Map<String, String> metadata,
        @DefaultValue("10s") Duration drain,
        @DefaultValue("1s") Duration quietTime,
        @DefaultValue Limits limits,
        @DefaultValue List<Service> services,
        @DefaultValue Ssl ssl) {

    /** Whether clients show certificates. */
    public enum ClientAuth {
        /** They are not asked. */
        NONE,
        /** They are asked; one that is not trusted is refused. */
        WANT,
        /** Nobody comes in without. */
        NEED
    }

    /**
     * TLS of the moa port.
     *
     * @param bundle The SSL bundle (spring.ssl.bundle) with the port's certificate; without one the port speaks plain TCP.
     * @param clientAuth Whether clients show certificates, which the bundle's truststore must know.
     */
    public record Ssl(
            @Nullable String bundle, @DefaultValue("none") ClientAuth clientAuth) {

        io.netty.handler.ssl.ClientAuth netty() {
            return switch (clientAuth) {
                case NONE -> io.netty.handler.ssl.ClientAuth.NONE;
                case WANT -> io.netty.handler.ssl.ClientAuth.OPTIONAL;
                case NEED -> io.netty.handler.ssl.ClientAuth.REQUIRE;
            };
        }
    }

    /**
     * How much of each service runs at once, without methods that run on the event loop.
     *
     * @param concurrency Calls of a service that run at once.
     * @param queue Calls of a service that wait for their turn.
     * @param adaptiveFrom Calls of a service that are taken in any case; beyond them as many as do not take much longer
     *     than usual, up to concurrency and queue together. 0 means those two alone.
     */
    public record Limits(
            @DefaultValue("200") int concurrency,
            @DefaultValue("1000") int queue,
            @DefaultValue("20") int adaptiveFrom) {}

    /**
     * What holds for a single service.
     *
     * @param service The service.
     * @param concurrency Calls that run at once; as for all services by default.
     * @param queue Calls that wait for their turn; as for all services by default.
     * @param adaptiveFrom Calls that are taken in any case; as for all services by default.
     * @param methods Calls of single methods that are taken at once, running and waiting, by the method's name.
     */
    public record Service(
            String service,
            @Nullable Integer concurrency,
            @Nullable Integer queue,
            @Nullable Integer adaptiveFrom,
            @DefaultValue Map<String, Integer> methods) {}

    /** Returns the limits of a service. */
    ServiceLimits limitsOf(ServiceName name) {
        for (Service each : services) {
            if (name.value().equals(each.service)) {
                return new ServiceLimits(
                        each.concurrency == null ? limits.concurrency : each.concurrency,
                        each.queue == null ? limits.queue : each.queue,
                        each.adaptiveFrom == null ? limits.adaptiveFrom : each.adaptiveFrom,
                        each.methods);
            }
        }
        return new ServiceLimits(limits.concurrency, limits.queue, limits.adaptiveFrom);
    }
}
