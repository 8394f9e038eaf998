package dev.moa.parallel.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.parallel.forward.ForwardProperties;
import dev.moa.parallel.forward.Forwarder;
import dev.moa.protocol.CallContext;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.sdk.context.TraceContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class BatchRunnerTests {
    private static final ServiceName USER = ServiceName.of("/service/user");
    private static final BatchProperties LIMITS = new BatchProperties(
            100,
            DataSize.ofMegabytes(1),
            DataSize.ofBytes(100),
            DataSize.ofBytes(150),
            Duration.ofMillis(300),
            Duration.ofSeconds(60));

    private final List<CallRequest> seen = new CopyOnWriteArrayList<>();
    private final List<CompletableFuture<CallResponse>> hanging = new CopyOnWriteArrayList<>();
    private final Forwarder forwarder = new Forwarder(this::call, new ForwardProperties(1_000, 100, 100));
    private final BytesInProgress bytes = new BytesInProgress(LIMITS);
    private final BatchRunner runner = new BatchRunner(forwarder, LIMITS, bytes, TraceContext::start);

    @AfterEach
    void close() {
        runner.close();
        forwarder.close();
    }

    private CompletableFuture<CallResponse> call(CallRequest request) {
        seen.add(request);
        if (request.method().equals("hang")) {
            CompletableFuture<CallResponse> answer = new CompletableFuture<>();
            hanging.add(answer);
            return answer;
        }
        return CompletableFuture.completedFuture(
                CallResponse.success(null, Payload.json("\"" + "x".repeat(38) + "\"")));
    }

    private BatchResult run(String... methods) throws Exception {
        List<Batch.Item> items = new ArrayList<>();
        for (String method : methods) {
            items.add(new Batch.Call(
                    new CallRequest("id" + items.size(), USER, method, Payload.NO_ARGUMENTS, CallContext.EMPTY, null)));
        }
        return runner.run(new Batch(0, items), null).get(5, TimeUnit.SECONDS);
    }

    private static List<StatusCode> codes(BatchResult result) {
        return result.responses().stream().map(CallResponse::code).toList();
    }

    @Test
    void whatHangsIsMarkedAtTheDeadlineAndCancelled() throws Exception {
        BatchResult result = run("hang", "work", "hang");

        assertThat(codes(result))
                .containsExactly(StatusCode.DEADLINE_EXCEEDED, StatusCode.OK, StatusCode.DEADLINE_EXCEEDED);
        assertThat(result.responses()).extracting(CallResponse::id).containsExactly("id0", "id1", "id2");
        // the answer comes first, then what is open is cancelled
        await().untilAsserted(() -> assertThat(hanging)
                .hasSize(2)
                .allSatisfy(call -> assertThat(call).isCancelled()));
    }

    @Test
    void callsOfABatchAreOneTraceAndEachHasItsPlaceInIt() throws Exception {
        run("work", "work");

        assertThat(seen).extracting(request -> request.ctx().path()).containsExactlyInAnyOrder("0.1", "0.2");
        assertThat(seen.stream().map(request -> request.ctx().traceparent()).distinct())
                .hasSize(1);
        assertThat(seen)
                .allSatisfy(request -> assertThat(request.ctx().timeoutMs()).isBetween(1L, 300L));
    }

    @Test
    void resultsBeyondABatchsLimitAreMarkedAndNotKept() throws Exception {
        BatchResult result = run("work", "work", "work");

        assertThat(codes(result)).containsExactly(StatusCode.OK, StatusCode.OK, StatusCode.RESOURCE_EXHAUSTED);
        assertThat(bytes.held()).isEqualTo(80);
        result.close();
        result.close();
        assertThat(bytes.held()).isZero();
    }

    @Test
    void allBatchesTogetherHaveALimit() throws Exception {
        BatchResult first = run("work", "work");

        BatchResult second = run("work", "work");

        assertThat(codes(second)).containsExactly(StatusCode.OK, StatusCode.RESOURCE_EXHAUSTED);
        first.close();
        second.close();
        assertThat(bytes.held()).isZero();
    }
}
