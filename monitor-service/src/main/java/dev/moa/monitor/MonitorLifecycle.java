package dev.moa.monitor;

import dev.moa.monitor.stream.ReportStream;
import dev.moa.monitor.stream.StreamReader;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Reads while there is a Redis client to read with: stops after the moa port and before the client. */
@Component
class MonitorLifecycle implements SmartLifecycle {
    private final StreamReader reader;
    private final ReportStream stream;
    private volatile boolean running;

    MonitorLifecycle(StreamReader reader, ReportStream stream) {
        this.reader = reader;
        this.stream = stream;
    }

    @Override
    public void start() {
        reader.start();
        running = true;
    }

    @Override
    public void stop() {
        reader.close();
        stream.close();
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return 1_000;
    }
}
