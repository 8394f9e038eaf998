/** Contenders of {@code ./moa bench rpc}: each class is one end of one of them, in a process of its own. */
@NullMarked
package dev.moa.benchmarks.rivals;

import org.jspecify.annotations.NullMarked;
