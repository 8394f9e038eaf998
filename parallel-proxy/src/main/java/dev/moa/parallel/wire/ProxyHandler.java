package dev.moa.parallel.wire;

import dev.moa.parallel.forward.Forwarder;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.IncomingCall;
import dev.moa.spring.CatchAllHandler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Answers calls to any service by passing them on. The port itself runs the requests of an {@code MGET} side by side. */
public final class ProxyHandler implements CatchAllHandler {
    private final Forwarder forwarder;

    public ProxyHandler(Forwarder forwarder) {
        this.forwarder = forwarder;
    }

    @Override
    public CompletionStage<CallResponse> handle(CallRequest request, IncomingCall call) {
        CompletableFuture<CallResponse> answer = forwarder.forward(request, call.deadline());
        if (!answer.isDone()) {
            call.onCancel(() -> answer.cancel(false));
        }
        return answer;
    }
}
