/**
 * The words that every part of moa speaks: {@link dev.moa.protocol.CallRequest} in,
 * {@link dev.moa.protocol.CallResponse} out, {@link dev.moa.protocol.StatusCode} for how it went.
 */
@NullMarked
package dev.moa.protocol;

import org.jspecify.annotations.NullMarked;
