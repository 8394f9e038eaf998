package dev.moa.async.task;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call to be made later: what the sender asked for, as it stands in Kafka. It never changes; how far it got
 * is a {@link TaskStatus}.
 *
 * @param id its name
 * @param life 1 for the task as accepted, one more for each replay
 * @param key tasks of one key are delivered one after the other, in the order they were accepted; null for no order
 * @param createdAtMs when it was accepted, in milliseconds since 1970
 * @param notBeforeMs when it may start, in milliseconds since 1970
 * @param retry when to try again
 * @param timeoutMs how long one attempt may take, in milliseconds
 * @param target where it goes
 * @param app who sent it; null where unknown
 * @param traceparent W3C trace context of the sender, or one made from the id
 * @param path the readable place in the trace; null where unknown
 * @param tags travel on with the call
 * @param body the arguments (JSON) for a service, the request body for an HTTP endpoint; never changed
 */
public record Task(
        TaskId id,
        int life,
        @Nullable String key,
        long createdAtMs,
        long notBeforeMs,
        RetryPolicy retry,
        long timeoutMs,
        Target target,
        @Nullable String app,
        String traceparent,
        @Nullable String path,
        Map<String, String> tags,
        byte[] body) {

    public Task {
        tags = Map.copyOf(tags);
    }

    /** Returns the task as it is accepted again after it had died. */
    public Task replayed(int newLife, long nowMs) {
        return new Task(id, newLife, key, nowMs, nowMs, retry, timeoutMs, target, app, traceparent, path, tags, body);
    }
}
