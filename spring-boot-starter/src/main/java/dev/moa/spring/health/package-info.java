/**
 * What {@code /actuator/health} and {@code /actuator/info} say of the moa port: start at
 * {@link dev.moa.spring.health.MoaHealthAutoConfiguration}.
 */
@NullMarked
package dev.moa.spring.health;

import org.jspecify.annotations.NullMarked;
