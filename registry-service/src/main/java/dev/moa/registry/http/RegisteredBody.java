package dev.moa.registry.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.moa.registry.catalog.Registered;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a registration over REST.
 *
 * @param moaAddress where to hold a connection; a host of 0.0.0.0 means the one that was asked
 */
record RegisteredBody(
        @JsonUnwrapped Registered registered, @Nullable String moaAddress) {}
