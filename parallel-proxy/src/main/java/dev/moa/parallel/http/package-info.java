/** The REST edge: {@code POST /v1/batch}. */
@NullMarked
package dev.moa.parallel.http;

import org.jspecify.annotations.NullMarked;
