/** The real platform for tests. Start at {@link dev.moa.testkit.MoaPlatform}. */
@NullMarked
package dev.moa.testkit;

import org.jspecify.annotations.NullMarked;
