package dev.moa.parallel.batch;

import dev.moa.protocol.CallResponse;
import java.util.List;

/** Is told of each batch that was run. */
@FunctionalInterface
public interface BatchObserver {

    /** A batch has ended, after so many nanoseconds. */
    void finished(List<CallResponse> responses, long nanos);
}
