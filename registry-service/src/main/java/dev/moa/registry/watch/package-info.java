/**
 * Who wants to know. Start at {@link dev.moa.registry.watch.SubscriptionHub}: it wakes by Pub/Sub, reads what changed
 * by revision, and hands it to subscriptions that may each be slow without hurting the others.
 */
@NullMarked
package dev.moa.registry.watch;

import org.jspecify.annotations.NullMarked;
