/** The moa face: {@code report} of {@code /service/monitor}. Start at {@link dev.moa.monitor.wire.ReportHandler}. */
@NullMarked
package dev.moa.monitor.wire;

import org.jspecify.annotations.NullMarked;
