/**
 * Balancers side by side on a clock that stands still between events: start at
 * {@link dev.moa.benchmarks.balance.Simulation}.
 */
@NullMarked
package dev.moa.benchmarks.balance;

import org.jspecify.annotations.NullMarked;
