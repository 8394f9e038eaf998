/** Tasks: accepted durably, delivered in order per key. Start at {@link dev.moa.async.AsyncBrokerApplication}. */
@NullMarked
package dev.moa.async;

import org.jspecify.annotations.NullMarked;
