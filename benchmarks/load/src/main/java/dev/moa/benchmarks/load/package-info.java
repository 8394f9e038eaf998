/**
 * The same load for every contender of {@code ./moa bench rpc}, without a dependency on any of them: start at
 * {@link dev.moa.benchmarks.load.LoadProcess}.
 */
@NullMarked
package dev.moa.benchmarks.load;

import org.jspecify.annotations.NullMarked;
