/** Child processes that are watched and started again. Start at {@link dev.moa.dev.process.Supervisor}. */
@NullMarked
package dev.moa.dev.process;

import org.jspecify.annotations.NullMarked;
