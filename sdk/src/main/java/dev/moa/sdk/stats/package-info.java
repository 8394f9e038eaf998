/**
 * What a process knows about its own calls, and how the monitor gets to know it: recorded through
 * {@link dev.moa.sdk.stats.Statistics}, delivered by {@link dev.moa.sdk.stats.StatisticsReporter}.
 */
@NullMarked
package dev.moa.sdk.stats;

import org.jspecify.annotations.NullMarked;
