package dev.moa.async.task;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * One entry of the log of states: a line of JSON (who wrote it, and the status), a line feed, and, where the
 * entry must be enough to go on with the task, the task itself.
 *
 * @param epoch the ownership under which it was written: an entry of an older ownership than one already
 *     seen in the same partition is void
 * @param status how far the task got
 * @param task the task; null where it still stands in the topic of tasks, or is over for good
 */
public record StateRecord(
        long epoch, TaskStatus status, @Nullable Task task) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .changeDefaultPropertyInclusion(i -> i.withValueInclusion(JsonInclude.Include.NON_NULL))
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** What stands in the line of JSON. */
    private record Line(long epoch, TaskStatus status) {}

    public byte[] write() {
        byte[] line = JSON.writeValueAsBytes(new Line(epoch, status));
        byte[] rest = task == null ? new byte[0] : TaskCodec.write(task);
        byte[] bytes = new byte[line.length + 1 + rest.length];
        System.arraycopy(line, 0, bytes, 0, line.length);
        bytes[line.length] = '\n';
        System.arraycopy(rest, 0, bytes, line.length + 1, rest.length);
        return bytes;
    }

    public static StateRecord read(byte[] bytes) {
        int end = TaskCodec.lineEnd(bytes, 0);
        Line line = JSON.readValue(bytes, 0, end, Line.class);
        Task task = end + 1 == bytes.length ? null : TaskCodec.read(bytes, end + 1);
        return new StateRecord(line.epoch(), line.status(), task);
    }

    /** Reads all but the task. */
    public static StateRecord readWithoutTask(byte[] bytes) {
        Line line = JSON.readValue(bytes, 0, TaskCodec.lineEnd(bytes, 0), Line.class);
        return new StateRecord(line.epoch(), line.status(), null);
    }

    /** Returns whether the entry carries the task. */
    public static boolean carriesTask(byte[] bytes) {
        return TaskCodec.lineEnd(bytes, 0) + 1 < bytes.length;
    }
}
