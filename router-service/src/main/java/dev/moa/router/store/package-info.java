/**
 * The registry's data in Redis, read only: {@link dev.moa.router.store.RegistryStore} reads it,
 * {@link dev.moa.router.store.WakeSubscription} hears of changes. The layout is the registry's; its scripts
 * write it.
 */
@NullMarked
package dev.moa.router.store;

import org.jspecify.annotations.NullMarked;
