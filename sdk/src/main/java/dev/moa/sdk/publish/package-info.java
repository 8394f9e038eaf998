/**
 * Runs the calls that come in for a Java object: start at {@link dev.moa.sdk.publish.PublishedService}.
 */
@NullMarked
package dev.moa.sdk.publish;

import org.jspecify.annotations.NullMarked;
