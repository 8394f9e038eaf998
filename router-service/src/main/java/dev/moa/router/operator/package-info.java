/**
 * What operators say at run time, shared by all routers through Redis and kept locally while Redis is away:
 * {@link dev.moa.router.operator.SharedHash}.
 */
@NullMarked
package dev.moa.router.operator;

import org.jspecify.annotations.NullMarked;
