/**
 * What registry and router promise while everything around them breaks: {@code ./moa chaos registry} and {@code
 * outage}. Start at {@link dev.moa.benchmarks.chaos.RegistryChaos}.
 */
@NullMarked
package dev.moa.benchmarks.chaos;

import org.jspecify.annotations.NullMarked;
