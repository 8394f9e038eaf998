package dev.moa.monitor.query;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last moments, by method, those with the most calls first. A method is shown as its service counted it, or
 * as its callers did where no instance of it reports.
 *
 * @param windowMs how long the window really is
 * @param reporting instances (a process serving a service) that reported in the window
 * @param registered instances that are registered; null where the registry does not say
 * @param processes processes that reported in the window, serving or not
 * @param truncated whether methods were left out because there are too many
 */
public record LiveAnswer(
        long atMs,
        long windowMs,
        List<Method> methods,
        int reporting,
        @Nullable Integer registered,
        int processes,
        boolean truncated) {

    /** A method in the window. */
    public record Method(
            String service,
            String method,
            String side,
            long count,
            long errors,
            double ratePerSecond,
            double errorRatio,
            double p50Ms,
            double p99Ms,
            double maxMs) {}
}
