/** The Redis stream between whoever takes a report and the one that counts it. Start at {@link dev.moa.monitor.stream.ReportStream}. */
@NullMarked
package dev.moa.monitor.stream;

import org.jspecify.annotations.NullMarked;
