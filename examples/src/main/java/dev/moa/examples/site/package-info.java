/** Which places there are: {@link dev.moa.examples.site.Sites}. */
@NullMarked
package dev.moa.examples.site;

import org.jspecify.annotations.NullMarked;
