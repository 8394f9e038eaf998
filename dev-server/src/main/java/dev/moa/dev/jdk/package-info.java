/** The Java installations of this machine. Start at {@link dev.moa.dev.jdk.Jdks}. */
@NullMarked
package dev.moa.dev.jdk;

import org.jspecify.annotations.NullMarked;
