/** moa frames as bytes, to the letter of {@code docs/protocol.md}: {@link dev.moa.protocol.frame.FrameParser} in, {@link dev.moa.protocol.frame.FrameWriter} out. */
@NullMarked
package dev.moa.protocol.frame;

import org.jspecify.annotations.NullMarked;
