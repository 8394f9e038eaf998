package dev.moa.registry.catalog;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.jspecify.annotations.Nullable;

/**
 * How an instance wants to be probed.
 *
 * @param path for {@link Kind#HTTP}: what to GET; an answer of 2xx or 3xx is good
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"kind", "path"})
public record ProbeSpec(Kind kind, @Nullable String path) {

    /** What a probe does. */
    public enum Kind {
        /** A connection is opened. */
        TCP,
        /** A moa PING is answered. */
        MOA,
        /** A RESP PING is answered. */
        RESP,
        /** A path is answered well. */
        HTTP
    }
}
