/** Example services. */
@NullMarked
package dev.moa.examples;

import org.jspecify.annotations.NullMarked;
