/** The last minutes in memory, by the time they arrived. Start at {@link dev.moa.monitor.live.LiveWindow}. */
@NullMarked
package dev.moa.monitor.live;

import org.jspecify.annotations.NullMarked;
