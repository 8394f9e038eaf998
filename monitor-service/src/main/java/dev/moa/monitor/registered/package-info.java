/** How many instances there should be. Start at {@link dev.moa.monitor.registered.RegistryCount}. */
@NullMarked
package dev.moa.monitor.registered;

import org.jspecify.annotations.NullMarked;
