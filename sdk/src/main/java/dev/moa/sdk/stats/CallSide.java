package dev.moa.sdk.stats;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Which end of a call has counted it. */
public enum CallSide {
    /** The caller: the time includes the network and the queues. */
    @JsonProperty("client")
    CLIENT("client"),
    /** The service. */
    @JsonProperty("server")
    SERVER("server");

    private final String word;

    CallSide(String word) {
        this.word = word;
    }

    /** Returns the word on the wire: {@code client} or {@code server}. */
    public String word() {
        return word;
    }

    /** @throws IllegalArgumentException if {@code word} is neither {@code client} nor {@code server} */
    public static CallSide of(String word) {
        return switch (word) {
            case "client" -> CLIENT;
            case "server" -> SERVER;
            default -> throw new IllegalArgumentException("side: '%s' (expected: client or server)".formatted(word));
        };
    }
}
