/** The commands of {@code ./moa}. Start at {@link dev.moa.dev.cli.Moa}. */
@NullMarked
package dev.moa.dev.cli;

import org.jspecify.annotations.NullMarked;
