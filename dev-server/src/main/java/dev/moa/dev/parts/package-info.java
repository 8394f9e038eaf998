/** What the platform is made of and how each part is started. Start at {@link dev.moa.dev.parts.PartList}. */
@NullMarked
package dev.moa.dev.parts;

import org.jspecify.annotations.NullMarked;
