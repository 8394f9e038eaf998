package dev.moa.sdk.publish;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.sdk.codec.ServiceInterface;
import dev.moa.sdk.describe.ServiceDocuments;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What every service with an interface answers beside its own methods: {@code $ping}, {@code $describe}, {@code $openapi}. */
final class BuiltIns {

    private static final Logger log = LoggerFactory.getLogger(BuiltIns.class);
    private static final String PING = "$ping";
    private static final Payload PONG = Payload.json("\"pong\"");

    private final ServiceName name;
    private final ServiceDocuments documents;
    private final BoundedExecutor workers;

    BuiltIns(ServiceName name, ServiceInterface methods, BoundedExecutor workers) {
        this.name = name;
        this.documents = new ServiceDocuments(name, methods);
        this.workers = workers;
    }

    static boolean has(String method) {
        return method.equals(PING) || ServiceDocuments.has(method);
    }

    /** Answers a method that it {@linkplain #has has}. */
    CompletionStage<CallResponse> handle(CallRequest request) {
        CompletableFuture<CallResponse> answer = new CompletableFuture<>();
        if (request.method().equals(PING)) {
            answer.complete(CallResponse.success(request.id(), PONG));
            return answer;
        }
        // on a worker: the first time takes milliseconds, which no event loop has
        boolean taken = workers.offer(() -> {
            try {
                answer.complete(CallResponse.success(request.id(), documents.document(request.method())));
            } catch (RuntimeException e) {
                log.error("{} {} failed", name, request.method(), e);
                answer.completeExceptionally(e);
            }
        });
        if (!taken) {
            answer.complete(CallResponse.failure(
                    request.id(),
                    StatusCode.RESOURCE_EXHAUSTED,
                    "%s: too many calls wait at this instance (call another or later)".formatted(name)));
        }
        return answer;
    }
}
