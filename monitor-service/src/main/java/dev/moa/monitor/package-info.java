/** Statistics of all services, merged by minute. Start at {@link dev.moa.monitor.MonitorApplication}. */
@NullMarked
package dev.moa.monitor;

import org.jspecify.annotations.NullMarked;
