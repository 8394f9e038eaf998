package dev.moa.monitor.store;

import java.nio.file.Path;

/** Another process has the directory open. */
public final class StoreInUseException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    StoreInUseException(Path directory, Throwable cause) {
        super(
                "moa.monitor.store.directory: %s is in use by another monitor (expected: one monitor for a directory)"
                        .formatted(directory),
                cause);
    }
}
