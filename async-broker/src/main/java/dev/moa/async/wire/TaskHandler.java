package dev.moa.async.wire;

import dev.moa.async.accept.Broker;
import dev.moa.async.accept.SubmissionReader;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.IncomingCall;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.spring.CatchAllHandler;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import tools.jackson.databind.json.JsonMapper;

/** Accepts what comes in by the moa port: a request for any service, with {@code task}. */
public final class TaskHandler implements CatchAllHandler {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final SubmissionReader submissions;
    private final Broker broker;

    public TaskHandler(SubmissionReader submissions, Broker broker) {
        this.submissions = submissions;
        this.broker = broker;
    }

    @Override
    public CompletionStage<CallResponse> handle(CallRequest request, IncomingCall call) {
        return broker.submit(submissions.read(request))
                .thenApply(
                        accepted -> CallResponse.success(request.id(), Payload.json(JSON.writeValueAsBytes(accepted))))
                .exceptionally(failure -> {
                    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                    if (cause instanceof MoaException known) {
                        return known.toResponse(request.id());
                    }
                    throw new CompletionException(cause);
                });
    }
}
