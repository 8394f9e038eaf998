/**
 * What a service interface may say of its methods: start at {@link dev.moa.sdk.annotation.MoaMethod}.
 */
@NullMarked
package dev.moa.sdk.annotation;

import org.jspecify.annotations.NullMarked;
