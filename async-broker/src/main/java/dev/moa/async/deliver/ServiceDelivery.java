package dev.moa.async.deliver;

import dev.moa.async.task.Target;
import dev.moa.async.task.Task;
import dev.moa.async.task.TraceParent;
import dev.moa.protocol.CallContext;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Payload;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Delivers to methods of services. The task's id and the number of the attempt travel as tags. */
public final class ServiceDelivery implements Delivery {
    /** The tag that carries the task's id. */
    public static final String TASK_ID_TAG = "task-id";
    /** The tag that carries the number of the attempt, from 1. */
    public static final String ATTEMPT_TAG = "task-attempt";

    private static final int MAX_RESULT = 4_096;

    private final Function<CallRequest, CompletableFuture<CallResponse>> client;

    /** @param client the moa client's {@code call} */
    public ServiceDelivery(Function<CallRequest, CompletableFuture<CallResponse>> client) {
        this.client = client;
    }

    @Override
    public CompletableFuture<Outcome> attempt(Task task, int attempt) {
        Target.ServiceTarget target = (Target.ServiceTarget) task.target();
        Map<String, String> tags = new HashMap<>(task.tags());
        tags.put(TASK_ID_TAG, task.id().toString());
        tags.put(ATTEMPT_TAG, Integer.toString(attempt));
        CallContext ctx =
                new CallContext(task.app(), task.timeoutMs(), TraceParent.child(task.traceparent()), task.path(), tags);
        return client.apply(new CallRequest(
                        task.id().toString(), target.service(), target.method(), Payload.json(task.body()), ctx, null))
                .thenApply(ServiceDelivery::judge);
    }

    private static Outcome judge(CallResponse response) {
        if (response.isOk()) {
            return Outcome.done(result(response.result()));
        }
        String message = response.message();
        String error = response.code() + (message == null ? "" : ": " + message);
        return switch (response.code()) {
            // the call itself is wrong, and will be wrong tomorrow
            case INVALID_ARGUMENT,
                    UNIMPLEMENTED,
                    PERMISSION_DENIED,
                    UNAUTHENTICATED,
                    ALREADY_EXISTS,
                    FAILED_PRECONDITION,
                    OUT_OF_RANGE,
                    DATA_LOSS -> Outcome.giveUp(error);
            case UNAVAILABLE, DEADLINE_EXCEEDED -> Outcome.retry(error, null, true);
            // a service that nobody has registered yet may come; one that fails may be repaired
            default -> Outcome.retry(error, null, false);
        };
    }

    private static @Nullable String result(@Nullable Payload result) {
        if (result == null) {
            return null;
        }
        return result.length() <= MAX_RESULT
                ? result.text()
                : "{\"truncated\":true,\"bytes\":%d}".formatted(result.length());
    }
}
