package dev.moa.parallel.batch;

import java.util.concurrent.atomic.AtomicLong;
import org.springframework.util.unit.DataSize;

/** The bytes that all running batches hold together, requests and results; what would pass the limit is refused. */
public final class BytesInProgress {
    private final AtomicLong held = new AtomicLong();
    private final long limit;

    /** Takes the limit from the settings, or a quarter of the heap. */
    public BytesInProgress(BatchProperties settings) {
        DataSize configured = settings.maxSizeInProgress();
        this.limit = configured == null ? Runtime.getRuntime().maxMemory() / 4 : configured.toBytes();
    }

    /** Returns the limit in bytes. */
    public long limit() {
        return limit;
    }

    /** Returns how many bytes are held. */
    public long held() {
        return held.get();
    }

    /** Takes so many bytes if they fit; whoever took them gives them back. */
    boolean tryTake(long bytes) {
        if (held.addAndGet(bytes) > limit) {
            held.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    void giveBack(long bytes) {
        held.addAndGet(-bytes);
    }

    /**
     * Takes the bytes of a request.
     *
     * @throws BatchRefusedException if they do not fit
     */
    public void takeRequest(long bytes) {
        if (!tryTake(bytes)) {
            throw new BatchRefusedException(
                    429,
                    "batches in progress: %d bytes more would pass %d (moa.parallel.batch.max-size-in-progress); try again later"
                            .formatted(bytes, limit),
                    bytes + " bytes more",
                    limit + " bytes");
        }
    }

    /** Gives the bytes of a request back. */
    public void giveRequestBack(long bytes) {
        giveBack(bytes);
    }
}
