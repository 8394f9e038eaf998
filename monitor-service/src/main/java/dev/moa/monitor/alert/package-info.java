/** What is watched. Start at {@link dev.moa.monitor.alert.Alerts}. */
@NullMarked
package dev.moa.monitor.alert;

import org.jspecify.annotations.NullMarked;
