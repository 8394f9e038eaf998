/** What operators want, who wanted it and when. Start at {@link dev.moa.registry.intent.OverrideDesk}. */
@NullMarked
package dev.moa.registry.intent;

import org.jspecify.annotations.NullMarked;
