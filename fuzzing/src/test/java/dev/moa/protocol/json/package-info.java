/** The request and response objects under fuzzing. */
@NullMarked
package dev.moa.protocol.json;

import org.jspecify.annotations.NullMarked;
