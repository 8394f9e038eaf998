package dev.moa.examples.demo;

import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts calls at a steady pace, each of the next kind, whatever became of those before; at most
 * {@value #MAX_IN_FLIGHT} at once, the others are skipped and counted.
 */
final class DemoLoad implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DemoLoad.class);
    private static final int MAX_IN_FLIGHT = 200;

    private final List<Traffic> kinds;
    private final int callsPerSecond;
    private final ScheduledExecutorService pace =
            Executors.newSingleThreadScheduledExecutor(job -> new Thread(job, "demo-pace-1"));
    private final AtomicInteger inFlight = new AtomicInteger();
    private final LongAdder started = new LongAdder();
    private final LongAdder broken = new LongAdder();
    private final LongAdder skipped = new LongAdder();
    private long turn;

    /** @param kinds the cycle of kinds that is repeated; a kind that stands twice is called twice as often */
    DemoLoad(List<Traffic> kinds, int callsPerSecond) {
        this.kinds = List.copyOf(kinds);
        this.callsPerSecond = callsPerSecond;
    }

    void start() {
        long period = TimeUnit.SECONDS.toNanos(1) / callsPerSecond;
        pace.scheduleAtFixedRate(this::next, period, period, TimeUnit.NANOSECONDS);
        pace.scheduleAtFixedRate(this::report, 60, 60, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        pace.shutdownNow();
    }

    private void next() {
        Traffic kind = kinds.get((int) (turn++ % kinds.size()));
        if (inFlight.get() >= MAX_IN_FLIGHT) {
            skipped.increment();
            return;
        }
        inFlight.incrementAndGet();
        started.increment();
        try {
            kind.send().whenComplete((answer, failure) -> ended(failure == null));
        } catch (RuntimeException e) {
            // a part that is not there yet, or was killed on purpose: counted, and tried again next turn
            ended(false);
        }
    }

    private void ended(boolean answered) {
        inFlight.decrementAndGet();
        if (!answered) {
            broken.increment();
        }
    }

    private void report() {
        LOG.info(
                "last minute: {} calls started, {} without any answer, {} skipped because {} were in flight",
                started.sumThenReset(),
                broken.sumThenReset(),
                skipped.sumThenReset(),
                MAX_IN_FLIGHT);
    }
}
