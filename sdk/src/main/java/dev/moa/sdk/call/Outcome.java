package dev.moa.sdk.call;

import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Payload;
import dev.moa.protocol.StatusCode;

/** What a response says of the instance that gave it. */
enum Outcome {
    /** The instance did its work, whatever the service thought of the call. */
    SUCCESS,
    /** The instance failed: broken, overloaded, too slow. */
    FAILURE,
    /** Nothing can be said: the caller gave up. */
    UNKNOWN;

    private static final Payload NOT_SENT = Payload.json("{\"sent\":false}");
    private static final Payload NOT_STARTED = Payload.json("{\"started\":false}");

    static Outcome of(CallResponse response) {
        return switch (response.code()) {
            case UNAVAILABLE, INTERNAL, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, DATA_LOSS -> FAILURE;
            case CANCELLED -> UNKNOWN;
            // an instance that does not have the service: the directory is behind, or a port has a new owner
            case NOT_FOUND -> wasNotStarted(response) ? FAILURE : SUCCESS;
            default -> SUCCESS;
        };
    }

    /** Returns whether the call never left this process, so that it can go elsewhere at no cost to anybody. */
    static boolean wasNotSent(CallResponse response) {
        return response.code() != StatusCode.OK && NOT_SENT.equals(response.details());
    }

    /** Returns whether the instance refused the call before it began, so that any call can go elsewhere. */
    static boolean wasNotStarted(CallResponse response) {
        return NOT_STARTED.equals(response.details());
    }

    /** Returns whether another instance may do better. */
    static boolean mayGoBetterElsewhere(CallResponse response) {
        return switch (response.code()) {
            case UNAVAILABLE, RESOURCE_EXHAUSTED -> true;
            case NOT_FOUND -> wasNotStarted(response);
            default -> false;
        };
    }

    static Payload notSent() {
        return NOT_SENT;
    }
}
