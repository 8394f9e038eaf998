/** What can be asked. Start at {@link dev.moa.monitor.query.StatsQuery}. */
@NullMarked
package dev.moa.monitor.query;

import org.jspecify.annotations.NullMarked;
