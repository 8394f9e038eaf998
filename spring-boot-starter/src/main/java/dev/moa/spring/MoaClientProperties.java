package dev.moa.spring;

import dev.moa.protocol.ServiceName;
import dev.moa.sdk.balance.Balancer;
import dev.moa.sdk.call.CallSettings;
import dev.moa.sdk.call.MethodSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * How this process calls others.
 *
 * @param timeout How long a call may take where neither the caller nor the method says otherwise.
 * @param balancer How the instance of a call is chosen; a bean of type Balancer counts instead.
 * @param keyTag The tag of a call by whose value consistent-hash chooses; calls without it go to the better of two.
 * @param balancers How the instances of single services are chosen instead.
 * @param retryRatio Retries and hedges for each call, on average.
 * @param warmUp Time after which a new instance gets its full share even if it had few calls to show what it can do.
 * @param ejection When an instance gets no calls for a while.
 * @param methods What holds for single services and methods instead.
 * @param snapshot A file that keeps where the called services are, so that a restart while no router answers can call
 *     them; none by default. Who can write it decides where calls go.
 * @param ssl TLS to services, routers and registries.
 */
@ConfigurationProperties("moa.client")
public record MoaClientProperties(
        @DefaultValue("1s") Duration timeout,
        @DefaultValue("better-of-two") BalancerKind balancer,
        @DefaultValue("key") String keyTag,
        @DefaultValue List<ServiceBalancer> balancers,
        @DefaultValue("0.2") double retryRatio,
        @DefaultValue("30s") Duration warmUp,
        @DefaultValue Ejection ejection,
        @DefaultValue List<Method> methods,
        @Nullable Path snapshot,
        @DefaultValue Ssl ssl) {

    /**
     * TLS to services, routers and registries.
     *
     * @param bundle The SSL bundle (spring.ssl.bundle) with the certificates that are trusted, and the one to show; without
     *     one, services that speak TLS cannot be called.
     * @param required Whether nobody is called without TLS.
     * @param verifyHostname Whether a certificate must name the host that is called.
     */
    public record Ssl(
            @Nullable String bundle,
            @DefaultValue("false") boolean required,
            @DefaultValue("true") boolean verifyHostname) {

        /** Refuses addresses that are not asked by TLS although it is required, or asked so without a bundle. */
        void checkAddresses(String setting, String scheme, List<String> addresses) {
            for (String address : addresses) {
                if (required && !address.startsWith(scheme)) {
                    throw new InvalidConfigurationPropertyValueException(
                            setting,
                            address,
                            "It is not asked by TLS. Write %s…, or leave moa.client.ssl.required out."
                                    .formatted(scheme));
                }
                if (bundle == null && address.startsWith("tls://")) {
                    throw new InvalidConfigurationPropertyValueException(
                            setting, address, "There is no TLS to ask it by. Set moa.client.ssl.bundle.");
                }
            }
        }
    }

    /** How the instance of a call is chosen. */
    public enum BalancerKind {
        /** The better of two random ones, by calls in flight, latency and success. */
        BETTER_OF_TWO,
        /** The one with the fewest calls in flight. */
        LEAST_IN_FLIGHT,
        /** One after the other, by weight. */
        ROUND_ROBIN,
        /** The better of two in moa.zone while at least a fifth of all instances is there. */
        ZONE_FIRST,
        /** The same one for the same value of the key tag, as long as it is there. */
        CONSISTENT_HASH
    }

    /**
     * How the instances of one service are chosen.
     *
     * @param service The service.
     * @param balancer How.
     * @param keyTag The tag that consistent-hash goes by; that of all services by default.
     */
    public record ServiceBalancer(
            String service, BalancerKind balancer, @Nullable String keyTag) {}

    private static final double LEAST_SHARE_OF_ZONE = 0.2;

    /**
     * When an instance gets no calls for a while.
     *
     * @param after Failures in a row that lead to it.
     * @param first How long at first; doubled each time. Then one call on trial decides.
     * @param longest How long at most.
     * @param most Share of a service's instances beyond which no ejection counts.
     */
    public record Ejection(
            @DefaultValue("5") int after,
            @DefaultValue("2s") Duration first,
            @DefaultValue("6s") Duration longest,
            @DefaultValue("0.5") double most) {}

    /**
     * What holds for one service or one of its methods.
     *
     * @param service The service.
     * @param method The method; all of the service together by default.
     * @param timeout Time for a call that names none; the client's by default.
     * @param idempotent Whether calling twice does what calling once does; what the interface says by default.
     * @param maxAttempts Times that one call is tried at most.
     * @param hedgeQuantile Share of calls, 0.5 to 0.999, beyond whose time another instance is asked too; 0 means never.
     * @param maxInFlight Calls at once; 2000 for a service and no limit of its own for a method by default.
     * @param callsPerSecond Calls that may begin in a second; 0 means any number.
     * @param breakerThreshold Per cent of failed calls that open the circuit breaker; 80 for a service and none for a
     *     method by default, 0 means none.
     * @param breakerRest How long the circuit breaker stays open.
     */
    public record Method(
            String service,
            @Nullable String method,
            @Nullable Duration timeout,
            @Nullable Boolean idempotent,
            @DefaultValue("3") int maxAttempts,
            @DefaultValue("0") double hedgeQuantile,
            @Nullable Integer maxInFlight,
            @DefaultValue("0") int callsPerSecond,
            @Nullable Integer breakerThreshold,
            @DefaultValue("2s") Duration breakerRest) {

        private MethodSettings settings() {
            ServiceName name = ServiceName.of(service);
            MethodSettings defaults = method == null ? MethodSettings.of(name) : MethodSettings.of(name, method);
            return new MethodSettings(
                    name,
                    method,
                    timeout,
                    idempotent,
                    maxAttempts,
                    hedgeQuantile,
                    maxInFlight == null ? defaults.maxInFlight() : maxInFlight,
                    callsPerSecond,
                    breakerThreshold == null ? defaults.breakerThreshold() : breakerThreshold,
                    breakerRest);
        }
    }

    CallSettings callSettings() {
        return CallSettings.defaults()
                .withRetryRatio(retryRatio)
                .withWarmUp(warmUp)
                .withEjection(new CallSettings.Ejection(
                        ejection.after(), ejection.first(), ejection.longest(), ejection.most()))
                .withMethods(methods.stream().map(Method::settings).toList());
    }

    Balancer newBalancer(@Nullable String zone) {
        return newBalancer(balancer, keyTag, zone);
    }

    /** Returns what counts for single services instead. */
    Map<ServiceName, Balancer> newBalancers(@Nullable String zone) {
        Map<ServiceName, Balancer> all = new HashMap<>();
        for (ServiceBalancer each : balancers) {
            String tag = each.keyTag == null ? keyTag : each.keyTag;
            all.put(ServiceName.of(each.service), newBalancer(each.balancer, tag, zone));
        }
        return all;
    }

    private static Balancer newBalancer(BalancerKind kind, String keyTag, @Nullable String zone) {
        return switch (kind) {
            case BETTER_OF_TWO -> Balancer.powerOfTwoChoices();
            case LEAST_IN_FLIGHT -> Balancer.leastInFlight();
            case ROUND_ROBIN -> Balancer.weightedRoundRobin();
            case CONSISTENT_HASH ->
                Balancer.consistentHash(request -> request.ctx().tags().get(keyTag));
            case ZONE_FIRST -> {
                if (zone == null) {
                    throw new IllegalArgumentException(
                            "moa.client.balancer: zone-first (expected: moa.zone to say where this process runs)");
                }
                yield Balancer.zoneFirst(zone, LEAST_SHARE_OF_ZONE, Balancer.powerOfTwoChoices());
            }
        };
    }
}
