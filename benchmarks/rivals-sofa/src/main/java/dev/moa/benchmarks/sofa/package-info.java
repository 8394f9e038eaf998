/** SOFARPC as a contender of {@code ./moa bench rpc}: each end in a process of its own. */
@NullMarked
package dev.moa.benchmarks.sofa;

import org.jspecify.annotations.NullMarked;
