package dev.moa.sdk.call;

import dev.moa.protocol.Payload;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Why a call went where it went: what its client knew and weighed at each attempt.
 *
 * @param service whom it was for
 * @param method what it called
 * @param attempts each try, in the order they began; empty if the call was not let out
 * @param budget repetitions (retries and hedges) that could be made when the call ended
 * @param budgetRatio repetitions that each call earns
 * @param hedgeAfterMs after how long another instance is asked too; null where that is off, or too little is known
 * @param breaker state of the service's circuit breaker; null where there is none
 * @param inFlight calls to the service that this client waits for
 * @param maxInFlight how many of them there may be
 */
public record CallExplanation(
        String service,
        String method,
        List<Try> attempts,
        double budget,
        double budgetRatio,
        @Nullable Double hedgeAfterMs,
        @Nullable String breaker,
        int inFlight,
        int maxInFlight) {

    private static final JsonMapper JSON = JsonMapper.shared();

    /**
     * One attempt.
     *
     * @param kind FIRST, RETRY or HEDGE
     * @param instance id of the instance that got it
     * @param afterMs milliseconds from the start of the call
     * @param tookMs milliseconds until it ended; null if it had not when the call did
     * @param outcome how it ended, a status code, or ABANDONED; null if it had not when the call did
     * @param panic whether so many instances were ejected that no ejection counted
     * @param known how many instances there were
     * @param candidates the instances as they looked when this one was chosen; of more than 32 the best by score
     */
    public record Try(
            String kind,
            String instance,
            double afterMs,
            @Nullable Double tookMs,
            @Nullable String outcome,
            boolean panic,
            int known,
            List<Option> candidates) {}

    /**
     * An instance as it looked.
     *
     * @param id its name
     * @param address host and port
     * @param zone where it stands; null where unknown
     * @param standing {@link InstanceView.Standing}
     * @param ejectedForMs milliseconds until it is tried again; 0 unless it is ejected
     * @param inFlight calls that wait for its answer
     * @param latencyMs decayed latency, in milliseconds
     * @param success decayed share of calls that it did not fail
     * @param weight its weight relative to 1, lower while it warms up
     * @param score what the balancer goes by, less is better; null if it compares nothing
     */
    public record Option(
            String id,
            String address,
            @Nullable String zone,
            InstanceView.Standing standing,
            long ejectedForMs,
            int inFlight,
            double latencyMs,
            double success,
            double weight,
            @Nullable Double score) {

        static Option of(InstanceView view) {
            return new Option(
                    view.address().id(),
                    view.address().host() + ":" + view.address().port(),
                    view.address().zone(),
                    view.standing(),
                    view.ejectedForMs(),
                    view.inFlight(),
                    rounded(view.latencyMs()),
                    rounded(view.success()),
                    rounded(view.weight()),
                    Double.isNaN(view.score()) ? null : rounded(view.score()));
        }
    }

    /** Returns what {@code why} of a response says. */
    public static CallExplanation parse(Payload why) {
        return JSON.readValue(why.array(), why.offset(), why.length(), CallExplanation.class);
    }

    Payload toJson() {
        return Payload.json(JSON.writeValueAsBytes(this));
    }

    static double rounded(double value) {
        return Math.round(value * 1_000) / 1_000.0;
    }
}
