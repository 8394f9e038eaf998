package dev.moa.monitor.wire;

import dev.moa.monitor.stream.ReportStream;
import dev.moa.monitor.stream.StreamFullException;
import dev.moa.protocol.CallHandler;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Caller;
import dev.moa.protocol.IncomingCall;
import dev.moa.protocol.Payload;
import dev.moa.protocol.StatusCode;
import dev.moa.sdk.stats.StatisticsReport;
import dev.moa.sdk.stats.StatisticsReporter;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * {@code report(report)} of {@code /service/monitor}: looks a report over and appends it to the stream. The
 * answer {@code true} means that Redis has it; UNAVAILABLE and RESOURCE_EXHAUSTED mean keep it and send it again,
 * INVALID_ARGUMENT that it will never be taken.
 */
public final class ReportHandler implements CallHandler {

    /** What it can be asked, for {@code $describe}. */
    public interface Calls {
        boolean report(StatisticsReport report);
    }

    private final ReportStream stream;
    private final Consumer<StatusCode> outcomes;

    /** @param outcomes told how each call ended */
    public ReportHandler(ReportStream stream, Consumer<StatusCode> outcomes) {
        this.stream = stream;
        this.outcomes = outcomes;
    }

    @Override
    public CompletionStage<CallResponse> handle(CallRequest request, IncomingCall call) {
        return answer(request, call).whenComplete((response, failure) -> {
            if (response != null) {
                outcomes.accept(response.code());
            }
        });
    }

    private CompletionStage<CallResponse> answer(CallRequest request, IncomingCall call) {
        if (!request.method().equals(StatisticsReporter.METHOD)) {
            return failed(
                    request, StatusCode.UNIMPLEMENTED, "method: '%s' (expected: report)".formatted(request.method()));
        }
        Caller caller = call.caller();
        if (caller != null && caller.role() == Caller.Role.READER) {
            return failed(
                    request,
                    StatusCode.PERMISSION_DENIED,
                    "token '%s' has the role reader (expected: service or operator)".formatted(caller.name()));
        }
        byte[] report;
        try {
            report = onlyArgument(request.args());
            StatisticsReport.fromJson(report);
        } catch (IllegalArgumentException e) {
            return failed(request, StatusCode.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
        }
        return stream.append(report).handle((id, failure) -> {
            if (failure == null) {
                return CallResponse.success(request.id(), Payload.json("true"));
            }
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            if (failure instanceof StreamFullException || cause instanceof StreamFullException) {
                return CallResponse.failure(
                        request.id(), StatusCode.RESOURCE_EXHAUSTED, String.valueOf(failure.getMessage()));
            }
            return CallResponse.failure(
                    request.id(),
                    StatusCode.UNAVAILABLE,
                    "the report is not taken, keep it and send it again: " + failure.getMessage());
        });
    }

    /** Cuts the one element out of the argument array, as the bytes it came in. */
    private static byte[] onlyArgument(Payload args) {
        byte[] array = args.array();
        int from = args.offset();
        int to = from + args.length();
        while (from < to && array[from] <= ' ') {
            from++;
        }
        while (from < to && array[to - 1] <= ' ') {
            to--;
        }
        if (to - from < 2 || array[from] != '[' || array[to - 1] != ']') {
            throw new IllegalArgumentException("args: (expected: [<report>])");
        }
        return Arrays.copyOfRange(array, from + 1, to - 1);
    }

    private static CompletionStage<CallResponse> failed(CallRequest request, StatusCode code, String message) {
        return CompletableFuture.completedFuture(CallResponse.failure(request.id(), code, message));
    }
}
