package dev.moa.parallel;

import dev.moa.parallel.batch.BatchObserver;
import dev.moa.parallel.batch.BytesInProgress;
import dev.moa.parallel.forward.Forwarder;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.StatusCode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Every metric of the proxy, by name. */
final class ParallelProxyMetrics implements BatchObserver {
    private final Timer batches;
    private final DistributionSummary sizes;
    private final Map<StatusCode, Counter> calls = new EnumMap<>(StatusCode.class);

    ParallelProxyMetrics(MeterRegistry registry, Forwarder forwarder, BytesInProgress bytes) {
        batches = Timer.builder("moa.parallel.batch")
                .description("how long batches take")
                .publishPercentileHistogram()
                .register(registry);
        sizes = DistributionSummary.builder("moa.parallel.batch.calls")
                .description("calls in a batch")
                .register(registry);
        for (StatusCode code : StatusCode.values()) {
            calls.put(
                    code,
                    Counter.builder("moa.parallel.calls")
                            .tag("code", code.name())
                            .description("calls of batches by how they ended")
                            .register(registry));
        }
        Gauge.builder("moa.parallel.calls.in-flight", forwarder, Forwarder::calls)
                .description("calls that run or wait")
                .register(registry);
        Gauge.builder("moa.parallel.calls.waiting", forwarder, Forwarder::waiting)
                .description("calls that wait because their service has as many as it may")
                .register(registry);
        Gauge.builder("moa.parallel.batch.bytes", bytes, BytesInProgress::held)
                .description("bytes of requests and results of running batches")
                .baseUnit("bytes")
                .register(registry);
        Gauge.builder("moa.parallel.services", forwarder, Forwarder::lanes)
                .description("services that are being called")
                .register(registry);
    }

    @Override
    public void finished(List<CallResponse> responses, long nanos) {
        batches.record(nanos, TimeUnit.NANOSECONDS);
        sizes.record(responses.size());
        responses.forEach(response -> {
            Counter counter = calls.get(response.code());
            if (counter != null) {
                counter.increment();
            }
        });
    }
}
