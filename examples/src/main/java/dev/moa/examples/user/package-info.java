/** Who the users are: {@link dev.moa.examples.user.Users}. */
@NullMarked
package dev.moa.examples.user;

import org.jspecify.annotations.NullMarked;
