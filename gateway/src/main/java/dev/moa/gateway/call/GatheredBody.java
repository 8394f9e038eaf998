package dev.moa.gateway.call;

import java.io.ByteArrayOutputStream;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;

/**
 * A request's body as it comes in, kept up to a limit. What is beyond the limit is read and thrown away, up to
 * {@value #MOST_DISCARDED} bytes: a client that is still sending would not see an answer that comes before.
 * Belongs to one request; not safe for threads.
 */
final class GatheredBody {

    private static final int MOST_DISCARDED = 8 << 20;

    private final int limit;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream(256);
    private long total;

    GatheredBody(int limit) {
        this.limit = limit;
    }

    /** @throws DataBufferLimitException if even throwing away is too much */
    GatheredBody add(DataBuffer buffer) {
        int length = buffer.readableByteCount();
        total += length;
        if (total <= limit) {
            byte[] bytes = new byte[length];
            buffer.read(bytes);
            kept.write(bytes, 0, length);
        }
        DataBufferUtils.release(buffer);
        if (total > (long) limit + MOST_DISCARDED) {
            throw new DataBufferLimitException("far beyond " + limit);
        }
        return this;
    }

    /** @throws DataBufferLimitException if there was more than the limit */
    byte[] bytes() {
        if (total > limit) {
            throw new DataBufferLimitException("beyond " + limit);
        }
        return kept.toByteArray();
    }
}
