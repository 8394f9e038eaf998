package dev.moa.parallel.batch;

/** A batch that is not run at all. */
public final class BatchRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String value;
    private final String limit;

    /**
     * @param status the HTTP status
     * @param value what was given
     * @param limit what is allowed
     */
    public BatchRefusedException(int status, String message, String value, String limit) {
        super(message);
        this.status = status;
        this.value = value;
        this.limit = limit;
    }

    public int status() {
        return status;
    }

    public String value() {
        return value;
    }

    public String limit() {
        return limit;
    }
}
