package dev.moa.sdk.context;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTests {

    private static final String EXAMPLE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @Test
    void shareOfTracesIsSampledByTheirIdsSoThatAllAgree() {
        TraceContext trace = TraceContext.start();
        long sampled = Stream.generate(TraceContext::start)
                .limit(2_000)
                .filter(each -> each.sampled(0.5).flags().equals("01"))
                .count();

        assertThat(trace.flags()).isEqualTo("00");
        assertThat(trace.sampled(1).flags()).isEqualTo("01");
        assertThat(trace.sampled(1).sampled(0).flags()).isEqualTo("00");
        assertThat(trace.next().sampled(0.5).flags())
                .isEqualTo(trace.sampled(0.5).flags());
        assertThat(sampled).isBetween(800L, 1_200L);
    }

    @Test
    void exampleOfTheStandardIsReadAndWritten() {
        TraceContext trace = TraceContext.parse(EXAMPLE);

        assertThat(trace).isEqualTo(new TraceContext("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "01"));
        assertThat(trace.traceparent()).isEqualTo(EXAMPLE);
    }

    @Test
    void nextHopKeepsTheTraceAndTakesANewSpan() {
        TraceContext trace = TraceContext.start();

        TraceContext next = trace.next();

        assertThat(next.traceId()).isEqualTo(trace.traceId());
        assertThat(next.spanId()).isNotEqualTo(trace.spanId());
        assertThat(TraceContext.parse(next.traceparent())).isEqualTo(next);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
                "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-extra",
                "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            })
    void whatTheStandardForbidsIsNoTrace(String traceparent) {
        assertThat(TraceContext.parse(traceparent)).isNull();
    }

    @Test
    void laterVersionMayCarryMore() {
        assertThat(TraceContext.parse("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-extra"))
                .isNotNull();
    }
}
