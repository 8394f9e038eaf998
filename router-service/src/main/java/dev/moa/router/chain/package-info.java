/**
 * The chain itself: {@link dev.moa.router.chain.Lookup} asks the sources in order, past those whose
 * {@link dev.moa.router.chain.Switches switch} is off.
 */
@NullMarked
package dev.moa.router.chain;

import org.jspecify.annotations.NullMarked;
