/** The moa port: a request with {@code task}, in any of its protocols, is accepted. */
@NullMarked
package dev.moa.async.wire;

import org.jspecify.annotations.NullMarked;
