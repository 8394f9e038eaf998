package dev.moa.gateway;

import dev.moa.protocol.StatusCode;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/** The gateway's own numbers; every metric name stands here. Services' numbers are in the monitor. */
public final class GatewayMetrics {

    private final MeterRegistry registry;
    private final Map<StatusCode, Timer> calls = new EnumMap<>(StatusCode.class);

    public GatewayMetrics(MeterRegistry registry) {
        this.registry = registry;
        for (StatusCode code : StatusCode.values()) {
            calls.put(
                    code,
                    Timer.builder("moa.gateway.calls")
                            .description("Calls through /api, by how they ended")
                            .tag("code", code.name())
                            .register(registry));
        }
    }

    /** Counts a call through {@code /api}. */
    public void call(StatusCode code, long nanos) {
        Timer timer = calls.get(code);
        if (timer != null) {
            timer.record(nanos, TimeUnit.NANOSECONDS);
        }
    }

    /** Counts a request through {@code /http}, by the class of its status: {@code 2xx} … {@code 5xx}. */
    public void http(int status, long nanos) {
        registry.timer("moa.gateway.http", "status", status / 100 + "xx").record(nanos, TimeUnit.NANOSECONDS);
    }

    /** Counts a request to an HTTP service that was sent again, to another instance. */
    public void httpRetry() {
        registry.counter("moa.gateway.http.retries").increment();
    }

    /** Counts a request that the edge refused; {@code reason} is one of a fixed few. */
    public void refused(String reason) {
        registry.counter("moa.gateway.refused", "reason", reason).increment();
    }

    /** Shows how many requests of a face are in flight. */
    public void inFlight(String face, IntSupplier count) {
        Gauge.builder("moa.gateway.in.flight", count::getAsInt)
                .tag("face", face)
                .register(registry);
    }
}
