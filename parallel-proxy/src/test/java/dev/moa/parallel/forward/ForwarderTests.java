package dev.moa.parallel.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ForwarderTests {
    private static final ServiceName SLOW = ServiceName.of("/service/slow");
    private static final ServiceName QUICK = ServiceName.of("/service/quick");

    private final Map<CallRequest, CompletableFuture<CallResponse>> started = new ConcurrentHashMap<>();
    private final Forwarder forwarder = new Forwarder(this::start, new ForwardProperties(8, 2, 3));

    @AfterEach
    void close() {
        forwarder.close();
    }

    private CompletableFuture<CallResponse> start(CallRequest request) {
        CompletableFuture<CallResponse> answer = request.service().equals(QUICK)
                ? CompletableFuture.completedFuture(CallResponse.success(null, Payload.NULL))
                : new CompletableFuture<>();
        started.put(request, answer);
        return answer;
    }

    private static CallRequest call(ServiceName service, int number) {
        return new CallRequest(
                "c" + number, service, "work", Payload.NO_ARGUMENTS, dev.moa.protocol.CallContext.EMPTY, null);
    }

    private CompletableFuture<CallResponse> forward(ServiceName service, int number) {
        return forwarder.forward(call(service, number), Deadline.after(Duration.ofSeconds(20)));
    }

    @Test
    void soManyRunAndTheOthersWaitForTheirTurn() {
        List<CompletableFuture<CallResponse>> answers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            answers.add(forward(SLOW, i));
        }

        assertThat(started).hasSize(2);
        assertThat(forwarder.waiting()).isEqualTo(3);
        // a copy: each end starts the next, which must not be ended too
        List.copyOf(started.values()).forEach(answer -> answer.complete(CallResponse.success(null, Payload.NULL)));
        await().until(() -> started.size() == 4);
        assertThat(answers.get(0)).isCompletedWithValueMatching(response -> "c0".equals(response.id()));
    }

    @Test
    void aFullLaneRefusesAndAnotherServiceIsNotHeldUp() {
        for (int i = 0; i < 5; i++) {
            forward(SLOW, i);
        }

        CompletableFuture<CallResponse> refused = forward(SLOW, 5);
        CompletableFuture<CallResponse> quick = forward(QUICK, 6);

        assertThat(refused).isCompletedWithValueMatching(r -> r.code() == StatusCode.RESOURCE_EXHAUSTED);
        assertThat(quick).isCompletedWithValueMatching(CallResponse::isOk);
    }

    @Test
    void aCallWaitsNoLongerThanItsDeadline() {
        forward(SLOW, 0);
        forward(SLOW, 1);

        CompletableFuture<CallResponse> waiting =
                forwarder.forward(call(SLOW, 2), Deadline.after(Duration.ofMillis(50)));

        assertThat(waiting).succeedsWithin(Duration.ofSeconds(2)).satisfies(response -> {
            assertThat(response.code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
            assertThat(response.message()).contains("waited for its turn");
        });
        assertThat(started).hasSize(2);
    }

    @Test
    void aCancelledCallIsCancelledAtItsServiceAndGivesItsPlaceUp() {
        CompletableFuture<CallResponse> first = forward(SLOW, 0);
        forward(SLOW, 1);
        forward(SLOW, 2);

        first.cancel(false);

        await().until(() -> started.size() == 3);
        assertThat(started.values().stream().filter(CompletableFuture::isCancelled))
                .hasSize(1);
    }

    @Test
    void nothingIsLeftOfServicesThatAreNotCalledAnyMore() {
        List<CompletableFuture<CallResponse>> answers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            answers.add(forward(SLOW, i));
        }
        forward(QUICK, 9);

        answers.forEach(answer -> answer.cancel(false));

        assertThat(forwarder.calls()).isZero();
        assertThat(forwarder.lanes()).isZero();
    }

    @Test
    void allServicesTogetherHaveABound() {
        for (int i = 0; i < 8; i++) {
            forward(ServiceName.of("/service/s" + i), i);
        }

        assertThat(forward(QUICK, 9)).isCompletedWithValueMatching(r -> r.code() == StatusCode.RESOURCE_EXHAUSTED);
    }

    @Test
    void aReferenceAsAnArgumentIsReserved() {
        for (String args :
                List.of("[1,{\"$ref\":\"#a/0\"}]", "{\"x\":{\"$ref\":\"#a\"}}", "[{\"a\":[1],\"$ref\":\"#a\"}]")) {
            CallRequest request = CallRequest.of(QUICK, "work", Payload.json(args));

            assertThat(forwarder.forward(request, Deadline.afterMillis(1_000)))
                    .isCompletedWithValueMatching(r -> r.code() == StatusCode.INVALID_ARGUMENT
                            && r.message() != null
                            && r.message().contains("reserved"));
        }
        for (String args : List.of("[{\"a\":{\"$ref\":1}}]", "[\"$ref\"]", "[[{\"$ref\":1}]]")) {
            CallRequest request = CallRequest.of(QUICK, "work", Payload.json(args));

            assertThat(forwarder.forward(request, Deadline.afterMillis(1_000)))
                    .isCompletedWithValueMatching(CallResponse::isOk);
        }
    }
}
