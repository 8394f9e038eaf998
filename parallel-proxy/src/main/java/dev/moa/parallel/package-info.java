/** The parallel proxy: many calls in one request, run side by side. Start at {@link dev.moa.parallel.ParallelProxyApplication}. */
@NullMarked
package dev.moa.parallel;

import org.jspecify.annotations.NullMarked;
