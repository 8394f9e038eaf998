package dev.moa.monitor;

import dev.moa.monitor.store.StoreInUseException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says in two sentences, and not in a stack trace, that a second monitor was started on the same store. */
final class StoreInUseAnalyzer extends AbstractFailureAnalyzer<StoreInUseException> {

    @Override
    protected FailureAnalysis analyze(Throwable root, StoreInUseException cause) {
        return new FailureAnalysis(
                cause.getMessage(),
                "Stop the other monitor, or give this one a directory of its own by moa.monitor.store.directory.",
                cause);
    }
}
