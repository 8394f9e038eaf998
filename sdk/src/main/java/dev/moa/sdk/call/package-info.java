/**
 * One logical call, over as many attempts as it may take: start at {@link dev.moa.sdk.call.Calls}.
 */
@NullMarked
package dev.moa.sdk.call;

import org.jspecify.annotations.NullMarked;
