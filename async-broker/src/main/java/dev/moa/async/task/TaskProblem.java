package dev.moa.async.task;

import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.StatusCode;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Why a request about a task is refused, told so that its sender can act: the value, the limit, what to do. */
public final class TaskProblem extends MoaException {
    private static final long serialVersionUID = 1L;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final @Nullable String value;
    private final @Nullable String limit;
    private final @Nullable String todo;

    public TaskProblem(
            StatusCode code, String message, @Nullable String value, @Nullable String limit, @Nullable String todo) {
        super(code, message, details(value, limit, todo), null);
        this.value = value == null || value.length() <= 256 ? value : value.substring(0, 256) + "…";
        this.limit = limit;
        this.todo = todo;
    }

    /** Returns the refusal of a field of the request. */
    public static TaskProblem invalid(String field, @Nullable String value, String limit) {
        String shown = value == null || value.length() <= 128 ? value : value.substring(0, 128) + "…";
        return new TaskProblem(
                StatusCode.INVALID_ARGUMENT,
                "%s: %s (expected: %s)".formatted(field, shown, limit),
                shown,
                limit,
                "correct " + field + " and submit again");
    }

    public @Nullable String value() {
        return value;
    }

    public @Nullable String limit() {
        return limit;
    }

    public @Nullable String todo() {
        return todo;
    }

    private static @Nullable Payload details(@Nullable String value, @Nullable String limit, @Nullable String todo) {
        ObjectNode details = JSON.createObjectNode();
        if (value != null) {
            details.put("value", value.length() <= 256 ? value : value.substring(0, 256) + "…");
        }
        if (limit != null) {
            details.put("limit", limit);
        }
        if (todo != null) {
            details.put("todo", todo);
        }
        return details.isEmpty() ? null : Payload.json(JSON.writeValueAsBytes(details));
    }
}
