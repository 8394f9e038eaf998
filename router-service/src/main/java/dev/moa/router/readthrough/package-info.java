/** Sources that read the store for one lookup: {@link dev.moa.router.readthrough.StoreSource}. */
@NullMarked
package dev.moa.router.readthrough;

import org.jspecify.annotations.NullMarked;
