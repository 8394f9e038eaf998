/** The nouns: which method, and what was counted of it in one minute. Start at {@link dev.moa.monitor.minute.Tally}. */
@NullMarked
package dev.moa.monitor.minute;

import org.jspecify.annotations.NullMarked;
