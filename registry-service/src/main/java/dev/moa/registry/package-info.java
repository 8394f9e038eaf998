/** The registry: who offers which service, where, and since when. Start at {@link dev.moa.registry.RegistryApplication}. */
@NullMarked
package dev.moa.registry;

import org.jspecify.annotations.NullMarked;
