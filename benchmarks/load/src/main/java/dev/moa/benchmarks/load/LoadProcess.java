package dev.moa.benchmarks.load;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/**
 * One end of a contender in a process of its own, led over standard input and output: a server prints
 * {@code PORT n}, a client {@code PORT 0}; then each line is an order, {@code USAGE} or
 * {@code RUN text|order threads milliseconds}, and each answer a line that starts with {@code LOAD}.
 */
public final class LoadProcess {

    private static final String TEXT = "moa benchmark ".repeat(8).substring(0, 100);
    private static final int MOST_CALLS = 4_000_000;

    private LoadProcess() {}

    /** Serves orders as a server that listens on {@code port}, until standard input ends. */
    public static void server(int port) throws IOException {
        System.out.println("PORT " + port);
        try (BufferedReader orders = orders()) {
            while (orders.readLine() != null) {
                usage(port);
            }
        }
        System.exit(0);
    }

    /** Serves orders as a client, until standard input ends. */
    public static void client(Echo echo) throws IOException, InterruptedException {
        System.out.println("PORT 0");
        try (BufferedReader orders = orders()) {
            for (String order = orders.readLine(); order != null; order = orders.readLine()) {
                if (order.startsWith("RUN ")) {
                    run(echo, order.split(" "));
                } else {
                    usage(0);
                }
            }
        }
        System.exit(0);
    }

    private static BufferedReader orders() {
        return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    }

    private static void run(Echo echo, String[] order) throws InterruptedException {
        Supplier<Object> call = order[1].equals("text") ? () -> echo.text(TEXT) : () -> echo.order(Order.sample());
        int threads = Integer.parseInt(order[2]);
        long nanos = Long.parseLong(order[3]) * 1_000_000;
        List<Caller> callers = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(threads);
        CountDownLatch leave = new CountDownLatch(1);
        long cpu = cpuNanos();
        long allocated = allocatedBytes();
        long begin = System.nanoTime();
        for (int i = 0; i < threads; i++) {
            Caller caller = new Caller(call, begin + nanos, MOST_CALLS / threads, done, leave);
            callers.add(caller);
            caller.start();
        }
        done.await();
        long took = System.nanoTime() - begin;
        cpu = cpuNanos() - cpu;
        // what a thread has allocated is known while it lives
        allocated = allocatedBytes() - allocated;
        leave.countDown();
        long[] latencies = callers.stream()
                .flatMapToLong(each -> Arrays.stream(each.latencies, 0, each.calls))
                .sorted()
                .toArray();
        allocated -= (long) MOST_CALLS * Long.BYTES;
        long failures = callers.stream().mapToLong(each -> each.failures).sum();
        System.out.printf(
                Locale.ROOT,
                "LOAD %d %d %d %d %d %d %d %d %d%n",
                latencies.length,
                failures,
                took,
                percentile(latencies, 0.5),
                percentile(latencies, 0.99),
                cpu,
                Math.max(0, allocated),
                percentile(latencies, 0.9),
                percentile(latencies, 0.999));
    }

    private static long percentile(long[] sorted, double share) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1L, (long) (sorted.length * share))];
    }

    private static void usage(int port) {
        System.out.printf(Locale.ROOT, "LOAD %d %d %d%n", port, cpuNanos(), allocatedBytes());
    }

    private static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private static long allocatedBytes() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
                .filter(bytes -> bytes > 0)
                .sum();
    }

    /** Calls one after the other until the time is over. */
    private static final class Caller extends Thread {
        private final Supplier<Object> call;
        private final long until;
        private final CountDownLatch done;
        private final CountDownLatch leave;
        private final long[] latencies;
        private int calls;
        private long failures;

        Caller(Supplier<Object> call, long until, int most, CountDownLatch done, CountDownLatch leave) {
            super("load-caller");
            this.call = call;
            this.until = until;
            this.done = done;
            this.leave = leave;
            this.latencies = new long[most];
            setDaemon(true);
        }

        @Override
        public void run() {
            long now = System.nanoTime();
            while (now < until && calls < latencies.length) {
                try {
                    if (call.get() == null) {
                        failures++;
                    }
                } catch (RuntimeException e) {
                    failures++;
                }
                long end = System.nanoTime();
                latencies[calls++] = end - now;
                now = end;
            }
            done.countDown();
            try {
                leave.await();
            } catch (InterruptedException e) {
                interrupt();
            }
        }
    }
}
