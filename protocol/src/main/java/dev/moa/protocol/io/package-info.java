/** The threads that all moa connections of a process share, and their timer: {@link dev.moa.protocol.io.IoThreads}. */
@NullMarked
package dev.moa.protocol.io;

import org.jspecify.annotations.NullMarked;
