package dev.moa.parallel.batch;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import java.util.List;

/**
 * Calls to run side by side.
 *
 * @param timeoutMs milliseconds for all of them together; 0 means the default
 * @param items in the caller's order
 */
public record Batch(long timeoutMs, List<Item> items) {

    /** One place of a batch. */
    public sealed interface Item {}

    /** A call to run. */
    public record Call(CallRequest request) implements Item {}

    /** Something that is no call; its answer is known already. */
    public record Invalid(CallResponse response) implements Item {}
}
