package dev.moa.parallel.forward;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How many calls the proxy takes on.
 *
 * @param maxCalls calls of all services that run or wait; more are refused
 * @param maxRunningPerService calls to one service that run at once; more wait
 * @param maxWaitingPerService calls to one service that wait; more are refused
 */
@ConfigurationProperties("moa.parallel.forward")
public record ForwardProperties(
        @DefaultValue("100000") int maxCalls,
        @DefaultValue("1000") int maxRunningPerService,
        @DefaultValue("20000") int maxWaitingPerService) {

    public ForwardProperties {
        requirePositive("max-calls", maxCalls);
        requirePositive("max-running-per-service", maxRunningPerService);
        requirePositive("max-waiting-per-service", maxWaitingPerService);
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("moa.parallel.forward.%s: %d (expected: >= 1)".formatted(name, value));
        }
    }
}
