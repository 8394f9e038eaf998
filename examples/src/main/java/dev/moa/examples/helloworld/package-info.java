/** The smallest service: {@link dev.moa.examples.helloworld.HelloWorld}. */
@NullMarked
package dev.moa.examples.helloworld;

import org.jspecify.annotations.NullMarked;
