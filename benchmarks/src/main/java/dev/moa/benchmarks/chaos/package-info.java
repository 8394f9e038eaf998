/**
 * What registry and router promise while everything around them breaks: {@code ./moa chaos registry}, {@code outage}
 * and {@code deaths}. Start at {@link dev.moa.benchmarks.chaos.RegistryChaos}.
 */
@NullMarked
package dev.moa.benchmarks.chaos;

import org.jspecify.annotations.NullMarked;
