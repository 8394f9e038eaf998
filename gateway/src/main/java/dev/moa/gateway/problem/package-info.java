/** How the gateway says no: start at {@link dev.moa.gateway.problem.Problem}. */
@NullMarked
package dev.moa.gateway.problem;

import org.jspecify.annotations.NullMarked;
