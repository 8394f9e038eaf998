/**
 * TLS of the moa port and to the ports of others, by Spring's SSL bundles. Start at {@link dev.moa.spring.ssl.MoaSsl}.
 */
@NullMarked
package dev.moa.spring.ssl;

import org.jspecify.annotations.NullMarked;
