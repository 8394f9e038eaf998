/** Calls by HTTP/1.1: what of a request is refused and what it calls, in {@link dev.moa.protocol.http.HttpCalls}. */
@NullMarked
package dev.moa.protocol.http;

import org.jspecify.annotations.NullMarked;
