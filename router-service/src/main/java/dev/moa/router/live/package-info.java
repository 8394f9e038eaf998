/**
 * The in-memory view of all services, kept by wake-ups and comparison with the store. Start at
 * {@link dev.moa.router.live.LiveView}; what it believes of a store that lost something is
 * {@link dev.moa.router.live.LiveService}'s.
 */
@NullMarked
package dev.moa.router.live;

import org.jspecify.annotations.NullMarked;
