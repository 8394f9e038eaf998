package dev.moa.monitor.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.monitor.Reports;
import dev.moa.monitor.minute.MethodKey;
import dev.moa.sdk.stats.CallSide;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class LiveWindowTests {
    private static final MethodKey GET = new MethodKey("/service/user", "get", CallSide.SERVER);
    private static final long START = 1_800_000_000_000L;

    private final LiveWindow live = new LiveWindow(new LiveProperties(Duration.ofMinutes(5), DataSize.ofMegabytes(16)));
    private final Reports process = Reports.of("a");

    private void report(int seconds, int calls) {
        long now = START + seconds * 1_000L;
        live.add(process.calls(seconds + 1, now - 10_000, calls, 0, 1_000_000), now);
    }

    @Test
    void aSteadyRateIsSeenAsItIs() {
        for (int second = 0; second <= 120; second += 10) {
            report(second, 1_000);
        }

        LiveWindow.Answer answer = live.last(60_000, START + 121_000);

        double rate = answer.methods().get(GET).count() * 1_000.0 / (START + 121_000 - answer.fromMs());
        assertThat(rate).isBetween(90.0, 115.0);
    }

    @Test
    void theFirstSecondsAreNotDividedByAWholeWindow() {
        report(0, 1_000);

        LiveWindow.Answer answer = live.last(60_000, START + 1_000);

        assertThat(answer.fromMs()).isEqualTo(START - 10_000);
    }

    @Test
    void whatIsOverIsForgotten() {
        report(0, 1_000);
        report(30, 1);

        assertThat(live.last(60_000, START + 80_000).methods().get(GET).count()).isEqualTo(1);
        assertThat(live.last(60_000, START + 600_000).methods()).isEmpty();
        assertThat(live.processes(60_000, START + 80_000)).hasSize(1);
        assertThat(live.processes(60_000, START + 600_000)).isEmpty();
    }

    @Test
    void memoryIsBounded() {
        LiveWindow small = new LiveWindow(new LiveProperties(Duration.ofMinutes(5), DataSize.ofKilobytes(100)));
        for (int second = 0; second < 300; second += 5) {
            long now = START + second * 1_000L;
            small.add(process.report(second + 1, now - 10_000, Reports.many(100)), now);
        }

        LiveWindow.Answer answer = small.last(300_000, START + 300_000);

        assertThat(answer.methods()).hasSize(100);
        assertThat(answer.methods().values().iterator().next().count()).isLessThan(60);
    }
}
