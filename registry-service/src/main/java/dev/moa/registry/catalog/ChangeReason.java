package dev.moa.registry.catalog;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Why an instance was changed; every change has one. */
public enum ChangeReason {
    REGISTERED("registered"),
    CHANGED("changed"),
    /** It said goodbye. */
    GRACEFUL("graceful"),
    /** It did not renew in time. */
    LEASE_LOST("lease-lost"),
    /** It did not renew in time, and somebody lives at its address who registered later. */
    REPLACED("replaced"),
    /** Its host answered that nobody listens there, or probes got no answer. */
    PROBE_FAILED("probe-failed"),
    /** Probes find it again. */
    PROBE_RECOVERED("probe-recovered"),
    OPERATOR("operator"),
    /** Its lease is over but the loss guard keeps it. */
    HELD("held"),
    RELEASED("released"),
    /** A word of a newer registry, which works with this one for the time of an upgrade. */
    OTHER("other");

    private static final Map<String, ChangeReason> BY_WORD =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(ChangeReason::word, Function.identity()));

    private final String word;

    ChangeReason(String word) {
        this.word = word;
    }

    /** Returns the reason as written on the wire. */
    @JsonValue
    public String word() {
        return word;
    }

    /** Returns the reason written as {@code word}; {@link #OTHER} if this version knows none. */
    @JsonCreator
    public static ChangeReason parse(String word) {
        return BY_WORD.getOrDefault(word, OTHER);
    }
}
