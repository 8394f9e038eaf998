/** Keeps the services of this process registered: start at {@link dev.moa.sdk.registry.RegistryClient}. */
@NullMarked
package dev.moa.sdk.registry;

import org.jspecify.annotations.NullMarked;
