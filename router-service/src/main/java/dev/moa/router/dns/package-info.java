/** Addresses from a name server: {@link dev.moa.router.dns.DnsSource}. */
@NullMarked
package dev.moa.router.dns;

import org.jspecify.annotations.NullMarked;
