/**
 * Keeps the servers of HAProxy backends equal to services, by HAProxy's Runtime API. Start at
 * {@link dev.moa.router.haproxy.HaproxyDriver}.
 */
@NullMarked
package dev.moa.router.haproxy;

import org.jspecify.annotations.NullMarked;
