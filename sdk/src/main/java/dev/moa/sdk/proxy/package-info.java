/**
 * A Java interface whose methods call a service: start at {@link dev.moa.sdk.proxy.ServiceProxy}.
 */
@NullMarked
package dev.moa.sdk.proxy;

import org.jspecify.annotations.NullMarked;
