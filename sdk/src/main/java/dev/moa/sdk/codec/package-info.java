/**
 * A Java interface as moa sees it, and its values as JSON: start at {@link dev.moa.sdk.codec.ServiceInterface}.
 */
@NullMarked
package dev.moa.sdk.codec;

import org.jspecify.annotations.NullMarked;
