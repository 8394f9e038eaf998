package dev.moa.registry.probe;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/** The threads that probe: a bounded number, for a silent host holds one for the probe's whole timeout. */
public final class ProbeThreads implements AutoCloseable {
    private static final int PROBERS = 16;
    private static final int WAITING_PROBES = 10_000;

    private final ThreadPoolExecutor probers;

    ProbeThreads() {
        CustomizableThreadFactory threads = new CustomizableThreadFactory("registry-probe-");
        threads.setDaemon(true);
        probers = new ThreadPoolExecutor(
                PROBERS, PROBERS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(WAITING_PROBES), threads);
        probers.allowCoreThreadTimeOut(true);
    }

    /**
     * Runs a probe soon.
     *
     * @throws java.util.concurrent.RejectedExecutionException if too many wait
     */
    public void execute(Runnable probe) {
        probers.execute(probe);
    }

    @Override
    public void close() {
        probers.shutdownNow();
    }
}
