/**
 * Hessian2 bodies for those who come from it, of the classes that a service's interface names and no others: start at
 * {@link dev.moa.codec.hessian.HessianCodec}.
 */
@NullMarked
package dev.moa.codec.hessian;

import org.jspecify.annotations.NullMarked;
