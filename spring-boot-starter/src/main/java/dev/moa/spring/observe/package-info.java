/**
 * Calls as Micrometer sees them: observations, which become spans and timers, and meters for each method. Start at
 * {@link dev.moa.spring.observe.MoaObservationAutoConfiguration}.
 */
@NullMarked
package dev.moa.spring.observe;

import org.jspecify.annotations.NullMarked;
