/**
 * What an answer is made of: {@link dev.moa.router.address.Instance}s of one service as an immutable
 * {@link dev.moa.router.address.ServiceView}, and where it may come from, an
 * {@link dev.moa.router.address.AddressSource}.
 */
@NullMarked
package dev.moa.router.address;

import org.jspecify.annotations.NullMarked;
