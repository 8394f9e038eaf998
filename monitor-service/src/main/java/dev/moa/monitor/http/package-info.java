/** The REST face. Start at {@link dev.moa.monitor.http.StatsController}. */
@NullMarked
package dev.moa.monitor.http;

import org.jspecify.annotations.NullMarked;
