package dev.moa.compatibility.rolling;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Threads that call one after the other, with a pause between their calls. */
final class Callers implements AutoCloseable {

    /** One call; returns the reply, or throws what it failed with. */
    interface Call {
        String call() throws Exception;
    }

    private final List<Thread> threads = new ArrayList<>();
    private final Tally tally;
    private final long pauseNanos;
    private volatile boolean stopped;

    Callers(Tally tally, String name, int count, long pauseMicros, Call call) {
        this.tally = tally;
        this.pauseNanos = TimeUnit.MICROSECONDS.toNanos(pauseMicros);
        for (int i = 1; i <= count; i++) {
            Thread thread = new Thread(() -> run(call), "rolling-" + name + "-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    private void run(Call call) {
        while (!stopped) {
            try {
                String reply = call.call();
                if (reply != null && reply.contains("hello world")) {
                    tally.good(1);
                } else {
                    tally.failed("answered: " + reply);
                }
            } catch (Exception e) {
                tally.failed(withCauses(e));
            }
            LockSupport.parkNanos(pauseNanos);
        }
    }

    private static String withCauses(Throwable failure) {
        return failure.getCause() == null ? failure.toString() : failure + ", " + withCauses(failure.getCause());
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        for (Thread each : threads) {
            each.join(10_000);
        }
    }
}
