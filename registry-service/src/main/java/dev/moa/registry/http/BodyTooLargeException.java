package dev.moa.registry.http;

import dev.moa.registry.Refusal;
import java.io.IOException;

/** A body that went on past the limit while it was read. */
final class BodyTooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Refusal refusal;

    BodyTooLargeException(Refusal refusal) {
        super(refusal.getMessage());
        this.refusal = refusal;
    }

    Refusal refusal() {
        return refusal;
    }
}
