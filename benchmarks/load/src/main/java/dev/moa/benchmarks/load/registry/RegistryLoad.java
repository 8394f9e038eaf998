package dev.moa.benchmarks.load.registry;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The load on one registry, in a process of its own, led over standard input and output. It prints {@code PORT 0}, then
 * answers each order with a line {@code LOAD …}:
 *
 * <pre>
 * WATCH connections services each      opens the watches            LOAD connections nanos
 * TOLD perSecond seconds patience      registers at that rate       LOAD expected told p50 p90 p99 p999 max (nanos)
 * REGISTER threads batch seconds       registers as fast as it can  LOAD registrations nanos p50 p99 (nanos of a request)
 * </pre>
 */
public final class RegistryLoad {
    private static final int MOST = 1 << 24;
    // numbers that no change of TOLD has, in this process or in one before it
    private static final int FIRST_UNTOLD = 1 << 20;
    private static final int MOST_SAMPLES = 2_000_000;
    private static final int TELLERS = 8;

    private final RegistryPeer peer;
    private final AtomicLongArray sent = new AtomicLongArray(200_000);
    private final long[] samples = new long[MOST_SAMPLES];
    private final AtomicInteger sampled = new AtomicInteger();
    private final AtomicInteger next = new AtomicInteger(1);
    private final AtomicInteger registered = new AtomicInteger();
    private int services = 1_000;
    private int each = 1; // told per change

    private RegistryLoad(RegistryPeer peer) {
        this.peer = peer;
    }

    /** Serves orders until standard input ends. */
    public static void serve(RegistryPeer peer) throws Exception {
        RegistryLoad load = new RegistryLoad(peer);
        System.out.println("PORT 0");
        try (BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String order = orders.readLine(); order != null; order = orders.readLine()) {
                String[] words = order.split(" ");
                int[] numbers =
                        Arrays.stream(words).skip(1).mapToInt(Integer::parseInt).toArray();
                long[] answer = switch (words[0]) {
                    case "WATCH" -> load.watch(numbers[0], numbers[1], numbers[2]);
                    case "TOLD" -> load.told(numbers[0], numbers[1], numbers[2]);
                    case "REGISTER" -> load.register(numbers[0], numbers[1], numbers[2]);
                    default -> throw new IOException(order + " (expected: WATCH, TOLD or REGISTER)");
                };
                StringBuilder line = new StringBuilder("LOAD");
                for (long number : answer) {
                    line.append(' ').append(number);
                }
                System.out.println(line);
            }
        }
        System.exit(0);
    }

    private long[] watch(int connections, int ofServices, int servicesEach) throws Exception {
        services = ofServices;
        each = connections * servicesEach / ofServices;
        // each service is there before it is watched, so that only changes are told afterwards
        onThreads(TELLERS, 0, (session, thread) -> {
            for (int i = thread; i < services; i += TELLERS) {
                session.register(RegistryPeer.service(i), next.getAndIncrement());
            }
        });
        long began = System.nanoTime();
        onThreads(TELLERS, 0, (session, thread) -> {
            for (int i = thread; i < connections; i += TELLERS) {
                List<String> watched = new ArrayList<>();
                for (int s = 0; s < servicesEach; s++) {
                    watched.add(RegistryPeer.service((i + s) % services));
                }
                peer.watch(watched, this::heard);
            }
        });
        return new long[] {connections, System.nanoTime() - began};
    }

    private void heard(int number) {
        long now = System.nanoTime();
        long then = number > 0 && number < sent.length() ? sent.get(number) : 0;
        int place = then == 0 ? MOST_SAMPLES : sampled.getAndIncrement();
        if (place < MOST_SAMPLES) {
            samples[place] = now - then;
        }
    }

    /** Registers at a steady rate: a thread that is due sends, whatever the others wait for. */
    private long[] told(int perSecond, int seconds, int patience) throws Exception {
        sampled.set(0);
        int changes = perSecond * seconds;
        int first = next.getAndAdd(changes);
        long began = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100);
        onThreads(TELLERS, seconds + 60, (session, thread) -> {
            for (int i = thread; i < changes; i += TELLERS) {
                long wait = began + i * 1_000_000_000L / perSecond - System.nanoTime();
                if (wait > 0) {
                    TimeUnit.NANOSECONDS.sleep(wait);
                }
                sent.set(first + i, System.nanoTime());
                // 37: neighbours in time are no neighbours in the watches
                session.register(RegistryPeer.service((first + i) * 37 % services), first + i);
            }
        });
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(patience);
        while (sampled.get() < changes * each && System.nanoTime() < limit) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        long[] told = Arrays.copyOf(samples, Math.min(MOST_SAMPLES, sampled.get()));
        Arrays.sort(told);
        return new long[] {
            (long) changes * each,
            told.length,
            at(told, 0.5),
            at(told, 0.9),
            at(told, 0.99),
            at(told, 0.999),
            at(told, 1)
        };
    }

    private long[] register(int threads, int batch, int seconds) throws Exception {
        AtomicInteger requests = new AtomicInteger();
        long[] took = new long[MOST_SAMPLES];
        long began = System.nanoTime();
        long until = began + TimeUnit.SECONDS.toNanos(seconds);
        onThreads(threads, seconds + 60, (session, thread) -> {
            while (System.nanoTime() < until) {
                int number = FIRST_UNTOLD + registered.getAndAdd(batch) % (MOST - FIRST_UNTOLD - batch);
                long before = System.nanoTime();
                if (batch == 1) {
                    session.register(RegistryPeer.service(number % services), number);
                } else {
                    List<String> names = new ArrayList<>(batch);
                    for (int i = 0; i < batch; i++) {
                        names.add(RegistryPeer.service((number + i) % services));
                    }
                    session.registerAll(names, number);
                }
                int place = requests.getAndIncrement();
                if (place < MOST_SAMPLES) {
                    took[place] = System.nanoTime() - before;
                }
            }
        });
        long nanos = System.nanoTime() - began;
        long[] sorted = Arrays.copyOf(took, Math.min(MOST_SAMPLES, requests.get()));
        Arrays.sort(sorted);
        return new long[] {(long) requests.get() * batch, nanos, at(sorted, 0.5), at(sorted, 0.99)};
    }

    private interface Work {
        void run(RegistryPeer.Session session, int thread) throws Exception;
    }

    private void onThreads(int threads, int seconds, Work work) throws Exception {
        List<RegistryPeer.Session> sessions = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            sessions.add(peer.session(i));
        }
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int thread = i;
                tasks.add(() -> {
                    work.run(sessions.get(thread), thread);
                    return null;
                });
            }
            for (Future<Void> each : pool.invokeAll(tasks, seconds == 0 ? 120 : seconds, TimeUnit.SECONDS)) {
                each.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private static long at(long[] sorted, double share) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1, sorted.length * share)];
    }
}
