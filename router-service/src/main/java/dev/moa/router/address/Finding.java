package dev.moa.router.address;

/** What an {@link AddressSource} says when asked for a service. */
public sealed interface Finding {

    /**
     * It has an answer; the chain ends.
     *
     * @param ageMs milliseconds since the answer was last known to be right
     */
    record Answered(ServiceView view, long ageMs) implements Finding {}

    /** It can say and says: no such service here. The chain goes on. */
    record Unknown(String why) implements Finding {}

    /** It cannot say. The chain goes on, and if nobody answers, nobody knows whether the service exists. */
    record Failed(String why) implements Finding {}

    /** It has nothing to do with this service: it is not set up, or nobody gave it an answer. The chain goes on. */
    record Passed(String why) implements Finding {}
}
