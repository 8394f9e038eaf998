package dev.moa.registry.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.registry.RegistryMetrics;
import dev.moa.registry.catalog.InstanceId;
import dev.moa.registry.catalog.Lease;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HoldsTests {
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final ProbeThreads threads = new ProbeThreads();

    @AfterEach
    void stop() {
        timer.shutdownNow();
        threads.close();
    }

    @Test
    void oneThatHoldsAndLetsGoInALoopTakesNoMoreThanItsShare() {
        HoldProperties few = new HoldProperties(
                Duration.ofSeconds(25), 10, 10, Duration.ofMinutes(10), List.of(Duration.ZERO), Duration.ofMillis(500));
        Holds holds = new Holds(
                null, // nothing is asked before the first look, in ten minutes
                new TcpProbe(),
                few,
                new RegistryMetrics(new SimpleMeterRegistry()),
                timer,
                threads);
        List<Lease> leases = List.of(new Lease(InstanceId.parse("L3NlcnZpY2UvdXNlcg.x"), 1));

        for (int i = 0; i < 1_000; i++) {
            holds.begin(leases, () -> {}).end(Holds.End.ANSWERED);
        }

        assertThat(timer.getQueue()).hasSize(40);
        assertThat(holds.size()).isZero();
    }
}
