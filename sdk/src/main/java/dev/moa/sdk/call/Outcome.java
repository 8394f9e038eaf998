package dev.moa.sdk.call;

import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Payload;
import dev.moa.protocol.StatusCode;

/** What the end of an attempt says of the instance that had it. */
public enum Outcome {
    /** The instance did its work, whatever the service thought of the call. */
    SUCCESS,
    /** The instance failed: broken, gone. */
    FAILURE,
    /** The instance was too busy to begin: it should get less, but it is not broken. */
    REFUSED,
    /** There was no answer by the deadline. A failure, unless the call had less time than the instance usually takes. */
    TIMED_OUT,
    /** Nobody waits for the answer any more. What is known: it took longer than this. */
    ABANDONED,
    /** Another instance, asked later, answered first. It took longer than this, and would have taken longer still. */
    OUTRUN,
    /** It is on its way and wants no answer: the instance can be reached, and nothing more is known. */
    SENT,
    /** Nothing can be said: it was never sent. */
    UNKNOWN;

    private static final Payload NOT_SENT = Payload.json("{\"sent\":false}");
    private static final Payload NOT_STARTED = Payload.json("{\"started\":false}");

    static Outcome of(CallResponse response) {
        return switch (response.code()) {
            case OK -> SUCCESS;
            case UNAVAILABLE, INTERNAL, DATA_LOSS -> FAILURE;
            case RESOURCE_EXHAUSTED -> REFUSED;
            case DEADLINE_EXCEEDED -> wasNotSent(response) ? UNKNOWN : TIMED_OUT;
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
