package dev.moa.sdk.stats;

import dev.moa.protocol.CallContext;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the monitor what this process has counted, every 10 seconds, from one daemon thread of its own
 * ({@code moa-statistics-1}), so that no call is slower for it.
 *
 * <p>A report is closed at each interval and at each minute's edge. While nobody takes them, closed reports wait
 * in memory, oldest first, up to 10 MB, those of one minute as one; past that the oldest is dropped and counted. One at a time is on its way,
 * ten a second at most, so a monitor that comes back is not run over. A report whose answer was lost is sent
 * again; the monitor knows it by {@code (bootId, seq)}. A report that the monitor refuses as wrong, or stumbles over
 * ten times, is dropped and counted: it would hold up the others for ever.
 *
 * <p>{@link #close} sends what is left, for 2 seconds at most. The statistics and the function stay the caller's.
 */
public final class StatisticsReporter implements AutoCloseable {

    /** The service that takes reports. */
    public static final ServiceName SERVICE = ServiceName.of("/service/monitor");

    /** Its method, whose one argument is a {@link StatisticsReport}. */
    public static final String METHOD = "report";

    private static final Logger log = LoggerFactory.getLogger(StatisticsReporter.class);
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration LEAST_CALL_TIMEOUT = Duration.ofMillis(500);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);
    private static final Duration PAUSE_BETWEEN_SENDS = Duration.ofMillis(100);

    // half a KB each in ordinary life, 5 KB for calls spread over ten octaves: below the 1 MiB that a port takes
    private static final int METHODS_PER_REPORT = 150;
    private static final int MAX_SENT_BYTES = StatisticsReport.MAX_BYTES / 2;
    private static final int MAX_BROKEN_ATTEMPTS = 10;

    private final Statistics statistics;
    private final Function<CallRequest, CompletableFuture<CallResponse>> calls;
    private final String app;
    private final String instance;
    private final Duration interval;
    private final Clock clock;
    private final ReportBuffer buffer;
    private final String bootId = UUID.randomUUID().toString();
    private final ProcessProbe probe = new ProcessProbe();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();
    private @Nullable Thread thread;
    private boolean closing;
    private long closeDeadline;

    // of the reporter's thread alone
    private long seq;
    private long deltaFromMs;

    private volatile long sentReports;
    private volatile long refusedReports;
    private volatile boolean answered = true;

    private StatisticsReporter(Builder builder) {
        statistics = builder.statistics;
        calls = builder.calls;
        app = builder.app;
        instance = builder.instance;
        interval = builder.interval;
        clock = builder.clock;
        buffer = new ReportBuffer(builder.maxBufferedBytes, MAX_SENT_BYTES);
        deltaFromMs = clock.millis();
    }

    /**
     * Returns a builder.
     *
     * @param statistics what to report
     * @param calls how to call, for example {@code client::call}; the future ends with a failure as a response
     */
    public static Builder builder(Statistics statistics, Function<CallRequest, CompletableFuture<CallResponse>> calls) {
        return new Builder(statistics, calls);
    }

    /** Starts reporting; does nothing if that was done before. */
    public StatisticsReporter start() {
        lock.lock();
        try {
            if (thread == null && !closing) {
                deltaFromMs = clock.millis();
                Thread reporter = new Thread(this::run, "moa-statistics-1");
                reporter.setDaemon(true);
                reporter.start();
                thread = reporter;
            }
        } finally {
            lock.unlock();
        }
        return this;
    }

    /** Returns the random mark of this start of the process. */
    public String bootId() {
        return bootId;
    }

    /** Returns how many reports the monitor has taken. */
    public long sentReports() {
        return sentReports;
    }

    /** Returns how many reports wait to be sent. */
    public int bufferedReports() {
        return buffer.size();
    }

    /** Returns how many bytes of JSON wait to be sent. */
    public long bufferedBytes() {
        return buffer.bytes();
    }

    /** Returns how many reports were dropped, unsent, because the buffer was full. */
    public long droppedReports() {
        return buffer.dropped();
    }

    /** Returns how many reports were dropped because the monitor called them wrong. */
    public long refusedReports() {
        return refusedReports;
    }

    /** Sends what is left, for 2 seconds at most, and stops; does nothing the second time. */
    @Override
    public void close() {
        Thread reporter;
        lock.lock();
        try {
            if (closing) {
                return;
            }
            closing = true;
            closeDeadline = System.nanoTime() + CLOSE_LIMIT.toNanos();
            reporter = thread;
            woken.signalAll();
        } finally {
            lock.unlock();
        }
        if (reporter == null || reporter == Thread.currentThread()) {
            return;
        }
        try {
            reporter.join(CLOSE_LIMIT.toMillis() + 200);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        reporter.interrupt();
    }

    private void run() {
        // each process of a fleet sends at its own moment of the interval
        long offsetMs = ThreadLocalRandom.current().nextLong(Math.max(1, interval.toMillis() / 5));
        try {
            boolean ends = false;
            while (!ends) {
                long edge = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millisToEdge());
                ends = pause(offsetMs);
                if (!ends) {
                    sendBuffered(edge);
                    ends = pause(TimeUnit.NANOSECONDS.toMillis(edge - System.nanoTime()) + 1);
                }
                closeDelta();
            }
            sendBuffered(closeDeadline());
        } catch (InterruptedException e) {
            log.debug("Interrupted; {} reports were not sent", buffer.size());
        } catch (Throwable e) { // the thread's outermost loop: nothing else is left to do than to say so
            log.error("Statistics are not reported any more; the process itself goes on", e);
        }
    }

    /** Returns how long the open report may last: to the next multiple of the interval, or the minute's edge. */
    private long millisToEdge() {
        long now = clock.millis();
        long step = interval.toMillis();
        long toInterval = step - now % step;
        long toMinute = 60_000 - now % 60_000;
        return Math.max(1, Math.min(toInterval, toMinute));
    }

    /** Closes what was counted since the last time into one report, or several if it is much. */
    void closeDelta() {
        long now = Math.max(clock.millis(), deltaFromMs);
        // a report belongs to the minute in which it began; its end is put before the edge it was closed at
        long edge = deltaFromMs - deltaFromMs % 60_000 + 60_000;
        long to = now >= edge && now < edge + 5_000 ? edge - 1 : now;
        List<StatisticsReport.MethodDelta> methods = statistics.drain();
        boolean whole = methods.size() <= METHODS_PER_REPORT;
        ProcessStatistics process = probe.look();
        for (int i = 0; i == 0 || i < methods.size(); i += METHODS_PER_REPORT) {
            int end = Math.min(methods.size(), i + METHODS_PER_REPORT);
            addReport(Math.max(to, deltaFromMs), methods.subList(i, end), i == 0 ? process : null, whole);
        }
        deltaFromMs = now;
    }

    private void addReport(
            long toMs, List<StatisticsReport.MethodDelta> methods, @Nullable ProcessStatistics process, boolean whole) {
        StatisticsReport report = new StatisticsReport(
                bootId,
                seq + 1,
                app,
                instance,
                deltaFromMs,
                toMs,
                buffer.dropped(),
                statistics.refusedMethods(),
                statistics.services(),
                methods,
                process);
        byte[] json = report.toJson();
        if (json.length > MAX_SENT_BYTES && methods.size() > 1) {
            int half = methods.size() / 2;
            addReport(toMs, methods.subList(0, half), process, false);
            addReport(toMs, methods.subList(half, methods.size()), null, false);
        } else if (buffer.add(report, json, whole)) {
            seq++;
        }
    }

    /**
     * Sends what waits, oldest first, until all is sent, one fails, or the open report is to be closed.
     *
     * @param untilNanos when to stop, on the scale of {@link System#nanoTime()}
     */
    void sendBuffered(long untilNanos) throws InterruptedException {
        for (ReportBuffer.Waiting report = buffer.sendOldest(); report != null; report = buffer.sendOldest()) {
            CallResponse response = send(report.json(), untilNanos);
            if (response == null) {
                return;
            }
            if (isWrong(response.code()) || (isBroken(response.code()) && report.attempts() >= MAX_BROKEN_ATTEMPTS)) {
                refusedReports++;
                log.warn("The monitor refused a report: {} {}", response.code(), response.message());
            } else if (!response.isOk()) {
                answered(false, response.code() + " " + response.message());
                return;
            } else {
                sentReports++;
                answered(true, "");
            }
            buffer.remove(report);
            if (buffer.size() > 0 && (pauseBetweenSends() || untilNanos - System.nanoTime() <= 0)) {
                return;
            }
        }
    }

    private @Nullable CallResponse send(byte[] report, long untilNanos) throws InterruptedException {
        // a monitor that hangs must not hold up the end of the open report by much
        long leftMs = TimeUnit.NANOSECONDS.toMillis(untilNanos - System.nanoTime());
        long limitMs = Math.min(CALL_TIMEOUT.toMillis(), Math.max(LEAST_CALL_TIMEOUT.toMillis(), leftMs));
        lock.lock();
        try {
            if (closing) {
                limitMs = Math.min(limitMs, TimeUnit.NANOSECONDS.toMillis(closeDeadline - System.nanoTime()));
            }
        } finally {
            lock.unlock();
        }
        if (limitMs <= 0) {
            return null;
        }
        CallRequest request = CallRequest.of(SERVICE, METHOD, inArray(report))
                .withCtx(CallContext.EMPTY.withApp(app).withTimeoutMs(limitMs));
        CompletableFuture<CallResponse> answer = null;
        try {
            answer = calls.apply(request);
            return answer.get(limitMs + 100, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            answered(false, "no answer in " + limitMs + " ms");
        } catch (ExecutionException e) {
            answered(false, String.valueOf(e.getCause()));
        } catch (RuntimeException e) {
            answered(false, e.toString());
        }
        return null;
    }

    private void answered(boolean now, String reason) {
        if (answered != now) {
            answered = now;
            if (now) {
                log.info("The monitor takes reports again; {} were kept for it", buffer.size());
            } else {
                log.warn(
                        "The monitor does not take reports ({}); they are kept up to {} bytes and sent later",
                        reason,
                        buffer.maxBytes());
            }
        }
    }

    private static boolean isWrong(StatusCode code) {
        return code == StatusCode.INVALID_ARGUMENT || code == StatusCode.OUT_OF_RANGE;
    }

    /** The monitor stumbled over it, or over something else; tried again a few times. */
    private static boolean isBroken(StatusCode code) {
        return code == StatusCode.INTERNAL || code == StatusCode.UNKNOWN || code == StatusCode.DATA_LOSS;
    }

    private static Payload inArray(byte[] report) {
        byte[] args = new byte[report.length + 2];
        args[0] = '[';
        System.arraycopy(report, 0, args, 1, report.length);
        args[args.length - 1] = ']';
        return Payload.json(args);
    }

    private boolean pauseBetweenSends() throws InterruptedException {
        lock.lock();
        try {
            // a process that ends has 2 seconds for all of it and does not spread them
            if (closing) {
                return System.nanoTime() - closeDeadline >= 0;
            }
        } finally {
            lock.unlock();
        }
        return pause(PAUSE_BETWEEN_SENDS.toMillis());
    }

    private long closeDeadline() {
        lock.lock();
        try {
            return closeDeadline;
        } finally {
            lock.unlock();
        }
    }

    /** Waits; returns whether the reporter is closing. */
    private boolean pause(long millis) throws InterruptedException {
        long left = TimeUnit.MILLISECONDS.toNanos(millis);
        lock.lock();
        try {
            while (!closing && left > 0) {
                left = woken.awaitNanos(left);
            }
            return closing;
        } finally {
            lock.unlock();
        }
    }

    /** Settings of a reporter. */
    public static final class Builder {
        private final Statistics statistics;
        private final Function<CallRequest, CompletableFuture<CallResponse>> calls;
        private String app = "app";
        private String instance = defaultInstance();
        private Duration interval = Duration.ofSeconds(10);
        private Clock clock = Clock.systemUTC();
        private long maxBufferedBytes = 10L << 20;

        private Builder(Statistics statistics, Function<CallRequest, CompletableFuture<CallResponse>> calls) {
            this.statistics = statistics;
            this.calls = calls;
        }

        /** Sets what the process calls itself; {@code app} by default. */
        public Builder app(String name) {
            app = name;
            return this;
        }

        /** Sets which process of the app it is; {@code <host name>:<process id>} by default. */
        public Builder instance(String name) {
            instance = name;
            return this;
        }

        /** Sets how often a report is closed, 100 ms to 1 minute; 10 seconds by default. */
        public Builder interval(Duration duration) {
            if (duration.toMillis() < 100 || duration.toMillis() > 60_000) {
                throw new IllegalArgumentException(
                        "interval: %s (expected: 100 milliseconds to 1 minute)".formatted(duration));
            }
            interval = duration;
            return this;
        }

        /** Sets the clock by which reports are dated; the system's by default. */
        public Builder clock(Clock source) {
            clock = source;
            return this;
        }

        /** Sets how many bytes of unsent reports are kept, at least 64 KiB; 10 MiB by default. */
        public Builder maxBufferedBytes(long bytes) {
            if (bytes < 64 * 1024) {
                throw new IllegalArgumentException("maxBufferedBytes: %d (expected: >= 65536)".formatted(bytes));
            }
            maxBufferedBytes = bytes;
            return this;
        }

        /** Returns a reporter that has not started. */
        public StatisticsReporter build() {
            return new StatisticsReporter(this);
        }

        private static String defaultInstance() {
            String host = System.getenv("HOSTNAME");
            long pid = ProcessHandle.current().pid();
            return (host == null || host.isBlank() ? "localhost" : host) + ":" + pid;
        }
    }
}
