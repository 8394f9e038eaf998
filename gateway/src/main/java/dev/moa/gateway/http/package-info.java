/**
 * {@code /http/<service>/**}: requests to registered HTTP services. Start at
 * {@link dev.moa.gateway.http.HttpServiceFilter}.
 */
@NullMarked
package dev.moa.gateway.http;

import org.jspecify.annotations.NullMarked;
