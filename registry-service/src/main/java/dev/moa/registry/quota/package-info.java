/** How much one caller may write, by whatever door. Start at {@link dev.moa.registry.quota.WriteQuota}. */
@NullMarked
package dev.moa.registry.quota;

import org.jspecify.annotations.NullMarked;
