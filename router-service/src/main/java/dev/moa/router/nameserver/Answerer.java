package dev.moa.router.nameserver;

import dev.moa.protocol.Deadline;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets answers for both transports: at once where memory has one, else from a few threads named
 * {@code router-names-n}, and SERVFAIL where too many wait for these. Counts what was answered.
 */
final class Answerer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Answerer.class);
    private static final int THREADS = 4;
    private static final int MAX_QUEUED = 1_000;
    private static final Duration MAX_LOOKUP = Duration.ofSeconds(1);

    private final Zone zone;
    private final LongAdder[] answered = new LongAdder[Rcode.values().length];
    private final LongAdder truncated = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final AtomicInteger threads = new AtomicInteger();
    private final ThreadPoolExecutor workers = new ThreadPoolExecutor(
            THREADS, THREADS, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_QUEUED), this::thread);

    Answerer(Zone zone) {
        this.zone = zone;
        workers.allowCoreThreadTimeOut(true);
        for (int i = 0; i < answered.length; i++) {
            answered[i] = new LongAdder();
        }
    }

    /** Hands the answer to {@code sender}, on this thread or, later, on another. */
    void answer(Query query, Consumer<Answer> sender) {
        Answer now;
        try {
            now = zone.answerNow(query);
        } catch (RuntimeException e) {
            now = broken(query, e);
        }
        if (now != null) {
            send(now, sender);
            return;
        }
        try {
            workers.execute(() -> {
                Answer later;
                try {
                    later = zone.answer(query, Deadline.after(MAX_LOOKUP));
                } catch (RuntimeException e) {
                    later = broken(query, e);
                }
                send(later, sender);
            });
        } catch (RejectedExecutionException e) {
            send(Answer.failure(Rcode.SERVFAIL), sender);
        }
    }

    private static Answer broken(Query query, RuntimeException failure) {
        log.warn("{} cannot be answered", query.labels(), failure);
        return Answer.failure(Rcode.SERVFAIL);
    }

    private void send(Answer answer, Consumer<Answer> sender) {
        answered[answer.rcode().ordinal()].increment();
        sender.accept(answer);
    }

    void countTruncated() {
        truncated.increment();
    }

    void countDropped() {
        dropped.increment();
    }

    /** Returns how many answers there were by how they ended, and how many were cut or left out. */
    Map<String, LongAdder> counters() {
        Map<String, LongAdder> counters = new TreeMap<>();
        for (Rcode rcode : Rcode.values()) {
            counters.put(rcode.name().toLowerCase(Locale.ROOT), answered[rcode.ordinal()]);
        }
        counters.put("truncated", truncated);
        counters.put("dropped", dropped);
        return counters;
    }

    private Thread thread(Runnable work) {
        Thread thread = new Thread(work, "router-names-" + threads.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void close() {
        workers.shutdownNow();
    }
}
