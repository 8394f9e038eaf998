/** Real Redis processes for tests; start with {@link dev.moa.testkit.redis.RedisProcess}. */
@NullMarked
package dev.moa.testkit.redis;

import org.jspecify.annotations.NullMarked;
