/** Long polls: {@link dev.moa.router.watch.Watches} answers when something a client has is stale. */
@NullMarked
package dev.moa.router.watch;

import org.jspecify.annotations.NullMarked;
