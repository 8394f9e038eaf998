/** The bridge that docs/routing.md shows. */
@NullMarked
package dev.moa.router.bridge;

import org.jspecify.annotations.NullMarked;
