/** The Java clients of the matrix, each a program of its own; what they print is in {@link dev.moa.compatibility.clients.Cells}. */
@NullMarked
package dev.moa.compatibility.clients;

import org.jspecify.annotations.NullMarked;
