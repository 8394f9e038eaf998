/** Steady traffic of all kinds, to look at on the console: {@link dev.moa.examples.demo.DemoLoad}. */
@NullMarked
package dev.moa.examples.demo;

import org.jspecify.annotations.NullMarked;
