package dev.moa.protocol.server;

import dev.moa.protocol.CallHandler;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.IncomingCall;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.StatusCode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A service for tests: {@code hello}, {@code echo}, {@code later} (args: [ms, value]), {@code never}, {@code fail}. */
final class HelloHandler implements CallHandler {

    final AtomicInteger cancelled = new AtomicInteger();
    final List<CallRequest> requests = new CopyOnWriteArrayList<>();
    volatile boolean record = true;

    @Override
    public CompletionStage<CallResponse> handle(CallRequest request, IncomingCall call) {
        if (record) {
            requests.add(request);
        }
        return switch (request.method()) {
            case "hello" ->
                CompletableFuture.completedFuture(CallResponse.success(null, Payload.json("\"hello world\"")));
            case "echo" -> CompletableFuture.completedFuture(CallResponse.success(null, request.args()));
            case "later" -> later(request, call);
            case "never" -> {
                call.onCancel(cancelled::incrementAndGet);
                yield new CompletableFuture<>();
            }
            case "fail" ->
                throw new MoaException(
                        StatusCode.UNKNOWN, "no such user", Payload.json("{\"type\":\"UserNotFound\"}"), null);
            case "crash" -> throw new IllegalStateException("a secret of the service");
            case "whoami" ->
                CompletableFuture.completedFuture(CallResponse.success(
                        null,
                        Payload.json(
                                call.caller() == null
                                        ? "null"
                                        : "\"" + call.caller().name() + "\"")));
            default ->
                CompletableFuture.completedFuture(
                        CallResponse.failure(null, StatusCode.UNIMPLEMENTED, "no method " + request.method()));
        };
    }

    private CompletionStage<CallResponse> later(CallRequest request, IncomingCall call) {
        call.onCancel(cancelled::incrementAndGet);
        String args = request.args().text();
        long millis = Long.parseLong(args.substring(1, args.indexOf(',')).strip());
        Payload value = Payload.json(args.substring(args.indexOf(',') + 1, args.length() - 1));
        Executor executor = CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS);
        return CompletableFuture.supplyAsync(() -> CallResponse.success(null, value), executor);
    }
}
