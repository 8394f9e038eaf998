/**
 * Spring Cloud's discovery and load balancer on moa's lookup, where they are on the class path. Start at
 * {@link dev.moa.spring.discovery.MoaDiscoveryAutoConfiguration}.
 */
@NullMarked
package dev.moa.spring.discovery;

import org.jspecify.annotations.NullMarked;
