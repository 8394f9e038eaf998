/**
 * Which instance gets the next call: start at {@link dev.moa.sdk.balance.Balancer}.
 */
@NullMarked
package dev.moa.sdk.balance;

import org.jspecify.annotations.NullMarked;
