package dev.moa.async.task;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.moa.protocol.ServiceName;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * How a task is written down: one line of JSON about it, a line feed, then its body as the bytes that came.
 * The body is never decoded here, and JSON in one line holds no line feed of its own.
 */
public final class TaskCodec {
    private static final JsonMapper JSON = JsonMapper.builder()
            .changeDefaultPropertyInclusion(i -> i.withValueInclusion(JsonInclude.Include.NON_NULL))
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private TaskCodec() {}

    /** What stands in the line of JSON. */
    private record Head(
            TaskId id,
            int life,
            @Nullable String key,
            long created,
            long notBefore,
            int maxAttempts,
            long backoff,
            long maxBackoff,
            long timeout,
            @Nullable String service,
            @Nullable String url,
            String method,
            @Nullable Map<String, String> headers,
            @Nullable String app,
            String trace,
            @Nullable String path,
            @Nullable Map<String, String> tags) {}

    public static byte[] write(Task task) {
        Target target = task.target();
        String service = target instanceof Target.ServiceTarget s ? s.service().value() : null;
        String method = target instanceof Target.ServiceTarget s ? s.method() : ((Target.HttpTarget) target).method();
        String url = target instanceof Target.HttpTarget h ? h.url().toString() : null;
        Map<String, String> headers =
                target instanceof Target.HttpTarget h && !h.headers().isEmpty() ? h.headers() : null;
        RetryPolicy retry = task.retry();
        byte[] head = JSON.writeValueAsBytes(new Head(
                task.id(),
                task.life(),
                task.key(),
                task.createdAtMs(),
                task.notBeforeMs(),
                retry.maxAttempts(),
                retry.backoffMs(),
                retry.maxBackoffMs(),
                task.timeoutMs(),
                service,
                url,
                method,
                headers,
                task.app(),
                task.traceparent(),
                task.path(),
                task.tags().isEmpty() ? null : task.tags()));
        byte[] bytes = new byte[head.length + 1 + task.body().length];
        System.arraycopy(head, 0, bytes, 0, head.length);
        bytes[head.length] = '\n';
        System.arraycopy(task.body(), 0, bytes, head.length + 1, task.body().length);
        return bytes;
    }

    public static Task read(byte[] bytes) {
        return read(bytes, 0);
    }

    /** Reads the task that starts at {@code offset} and goes on to the end. */
    public static Task read(byte[] bytes, int offset) {
        int end = lineEnd(bytes, offset);
        Head head = JSON.readValue(bytes, offset, end - offset, Head.class);
        byte[] body = new byte[bytes.length - end - 1];
        System.arraycopy(bytes, end + 1, body, 0, body.length);
        String service = head.service();
        String url = head.url();
        Target target;
        if (service != null) {
            target = new Target.ServiceTarget(ServiceName.of(service), head.method());
        } else if (url != null) {
            Map<String, String> headers = head.headers();
            target = new Target.HttpTarget(URI.create(url), head.method(), headers == null ? Map.of() : headers);
        } else {
            throw new IllegalArgumentException("task %s: neither service nor url".formatted(head.id()));
        }
        Map<String, String> tags = head.tags();
        return new Task(
                head.id(),
                head.life(),
                head.key(),
                head.created(),
                head.notBefore(),
                new RetryPolicy(head.maxAttempts(), head.backoff(), head.maxBackoff()),
                head.timeout(),
                target,
                head.app(),
                head.trace(),
                head.path(),
                tags == null ? Map.of() : tags,
                body);
    }

    /** Returns where the line that starts at {@code offset} ends. */
    static int lineEnd(byte[] bytes, int offset) {
        for (int i = offset; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                return i;
            }
        }
        throw new IllegalArgumentException("task record: no line feed in %d bytes".formatted(bytes.length));
    }
}
