/** The REST edge. Start at {@link dev.moa.registry.http.InstanceController}. */
@NullMarked
package dev.moa.registry.http;

import org.jspecify.annotations.NullMarked;
