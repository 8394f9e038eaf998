package dev.moa.parallel.batch;

import dev.moa.protocol.CallResponse;
import java.util.List;

/**
 * The answers of a batch. Whoever has it closes it once they are written: until then their bytes count.
 *
 * @param responses in the order of the batch
 */
public record BatchResult(List<CallResponse> responses, Runnable onClose) implements AutoCloseable {

    @Override
    public void close() {
        onClose.run();
    }
}
