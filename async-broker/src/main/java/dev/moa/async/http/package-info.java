/** The REST face. Start at {@link dev.moa.async.http.TaskController}. */
@NullMarked
package dev.moa.async.http;

import org.jspecify.annotations.NullMarked;
