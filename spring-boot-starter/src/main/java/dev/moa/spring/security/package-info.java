/**
 * Who may do what: tokens, the rule that nothing beyond loopback is open, and the filter of the REST faces.
 * Start at {@link dev.moa.spring.security.TokenBook}.
 */
@NullMarked
package dev.moa.spring.security;

import org.jspecify.annotations.NullMarked;
