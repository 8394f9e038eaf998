package dev.moa.registry.probe;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The prober: looks whether instances can be reached. It probes those that say how ({@code probe}), and those whose
 * process holds a connection here and that have answered once.
 *
 * @param enabled whether to probe at all
 * @param interval how often each instance is probed, about; more instances than {@code perSecond} allows are probed
 *     less often
 * @param timeout how long a probe waits for an answer, at most
 * @param shortestTimeout how long a probe waits for an answer, at least; in between it is four times what this instance
 *     usually takes. The last probe before a verdict waits for the whole timeout
 * @param perSecond probes a second of this registry, at most
 * @param failures failures in a row that make a verdict; before the last of them the other live registries are asked
 *     for theirs. One more where no other lives
 * @param retryPause the pause between these, give or take a half
 * @param successes successes in a row after which an instance comes back
 * @param holdDown how long an instance stays out at least; doubled each time it goes out again soon, up to a minute
 * @param share the share of its targets of which this registry believes that they fell silent; beyond it, and from
 *     four on, it suspects its own network and takes nobody out
 * @param canaries addresses, {@code host:port}, one of which must be reachable from here for a verdict; none by default
 */
@ConfigurationProperties("moa.registry.prober")
public record ProberProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("1s") Duration interval,
        @DefaultValue("400ms") Duration timeout,
        @DefaultValue("200ms") Duration shortestTimeout,
        @DefaultValue("500") int perSecond,
        @DefaultValue("3") int failures,
        @DefaultValue("100ms") Duration retryPause,
        @DefaultValue("2") int successes,
        @DefaultValue("2s") Duration holdDown,
        @DefaultValue("0.5") double share,
        @DefaultValue({}) List<String> canaries) {

    public ProberProperties {
        if (interval.toMillis() < 100 || timeout.toMillis() < 10 || retryPause.isNegative() || holdDown.isNegative()) {
            throw new IllegalArgumentException(
                    "moa.registry.prober: interval %s, timeout %s, retry-pause %s, hold-down %s (expected: >= 100ms, >= 10ms, >= 0, >= 0)"
                            .formatted(interval, timeout, retryPause, holdDown));
        }
        if (shortestTimeout.isNegative() || shortestTimeout.compareTo(timeout) > 0) {
            throw new IllegalArgumentException(
                    "moa.registry.prober.shortest-timeout: %s (expected: 0 to moa.registry.prober.timeout, %s)"
                            .formatted(shortestTimeout, timeout));
        }
        if (perSecond < 1 || failures < 1 || successes < 1 || !(share > 0 && share <= 1)) {
            throw new IllegalArgumentException(
                    "moa.registry.prober: per-second %d, failures %d, successes %d, share %s (expected: >= 1, >= 1, >= 1, 0 to 1)"
                            .formatted(perSecond, failures, successes, share));
        }
        canaries = List.copyOf(canaries);
    }
}
