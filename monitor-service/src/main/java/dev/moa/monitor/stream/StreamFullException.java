package dev.moa.monitor.stream;

/** More reports wait to be counted than the settings allow; they are safe where they are. */
public final class StreamFullException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StreamFullException(long waiting, long limit) {
        super(
                "%d reports wait to be counted (limit: %d, moa.monitor.stream.max-reports); keep this one and send it later"
                        .formatted(waiting, limit));
    }
}
