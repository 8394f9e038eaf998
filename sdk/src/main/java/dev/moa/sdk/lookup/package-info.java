/**
 * Where the instances of a service are: start at {@link dev.moa.sdk.lookup.Directory}.
 */
@NullMarked
package dev.moa.sdk.lookup;

import org.jspecify.annotations.NullMarked;
