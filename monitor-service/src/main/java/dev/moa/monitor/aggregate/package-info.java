/** From reports to minutes, each report once. Start at {@link dev.moa.monitor.aggregate.Aggregator}. */
@NullMarked
package dev.moa.monitor.aggregate;

import org.jspecify.annotations.NullMarked;
