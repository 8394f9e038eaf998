/** Stock Redis clients against one running service; start at {@link dev.moa.compatibility.CompatibilityIT}. */
@NullMarked
package dev.moa.compatibility;

import org.jspecify.annotations.NullMarked;
