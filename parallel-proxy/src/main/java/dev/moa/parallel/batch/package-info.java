/**
 * Many calls in one request: {@link dev.moa.parallel.batch.BatchReader} reads it,
 * {@link dev.moa.parallel.batch.BatchRunner} runs it.
 */
@NullMarked
package dev.moa.parallel.batch;

import org.jspecify.annotations.NullMarked;
