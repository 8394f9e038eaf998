/** The minutes on disk. Start at {@link dev.moa.monitor.store.MinuteStore}. */
@NullMarked
package dev.moa.monitor.store;

import org.jspecify.annotations.NullMarked;
