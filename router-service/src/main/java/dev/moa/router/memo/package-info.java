/** What was made of bytes that come again and again: {@link dev.moa.router.memo.Memo}. */
@NullMarked
package dev.moa.router.memo;

import org.jspecify.annotations.NullMarked;
