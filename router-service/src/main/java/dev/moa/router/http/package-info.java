/** The REST edge: lookups, switches, explanations. */
@NullMarked
package dev.moa.router.http;

import org.jspecify.annotations.NullMarked;
