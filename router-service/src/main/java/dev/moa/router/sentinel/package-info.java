/**
 * The Sentinel face: stock Redis clients that know Sentinel find services with it, and move when an instance goes.
 * Start at {@link dev.moa.router.sentinel.SentinelCommands}.
 */
@NullMarked
package dev.moa.router.sentinel;

import org.jspecify.annotations.NullMarked;
