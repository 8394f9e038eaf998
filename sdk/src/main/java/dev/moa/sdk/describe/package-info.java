/**
 * What a service says of itself: {@code $describe} for people, {@code $openapi} for programs. Start at
 * {@link dev.moa.sdk.describe.ServiceDocuments}.
 */
@NullMarked
package dev.moa.sdk.describe;

import org.jspecify.annotations.NullMarked;
