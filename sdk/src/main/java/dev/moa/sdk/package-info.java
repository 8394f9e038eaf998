/**
 * Call services with {@link dev.moa.sdk.MoaClient}, publish them with {@link dev.moa.sdk.MoaServer}: start there.
 */
@NullMarked
package dev.moa.sdk;

import org.jspecify.annotations.NullMarked;
