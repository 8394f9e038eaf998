/**
 * The call that is being served and its place in a trace: start at {@link dev.moa.sdk.context.CallScope}.
 */
@NullMarked
package dev.moa.sdk.context;

import org.jspecify.annotations.NullMarked;
