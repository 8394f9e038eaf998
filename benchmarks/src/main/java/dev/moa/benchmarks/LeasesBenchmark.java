package dev.moa.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * 20,000 instances of 2,000 services, held by 2,000 processes that renew their ten leases in one moa call every 3 s, each
 * over a connection of its own, as the SDK does: what the registry and Redis use for it, and whether a lease is lost. The peer is the
 * aim, a quarter of a core. Beside them a router, and what it keeps in memory for each instance. Then the same renewals
 * as fast as they go, by HTTP and by moa calls: how many instances a core carries.
 * {@code MOA_BENCH_SECONDS} sets how long the first is measured (120), {@code MOA_BENCH_PROCESSES}
 * how many processes there are (2,000).
 */
final class LeasesBenchmark implements Benchmark {
    private static final int SERVICES = 2_000;
    private static final int PROCESSES = Integer.parseInt(System.getenv().getOrDefault("MOA_BENCH_PROCESSES", "2000"));
    private static final int LEASES_EACH = 10;
    // processes that register before the router's memory is first looked at
    private static final int FIRST = Math.min(20, PROCESSES / 2);
    private static final int INSTANCES = PROCESSES * LEASES_EACH;
    private static final long RENEW_MS = 3_000;
    private static final double AIM_CORES = 0.25;
    private static final double AIM_BYTES = 400;
    private static final double AIM_INSTANCES = 1_000_000;
    // a lease of 15 s is renewed three times in its time
    private static final double SECONDS_PER_RENEWAL = 5;
    private static final int THREADS = 8;
    // of these, those that renew while the others register
    private static final int RENEWING = 2;
    private static final int OPEN_CALLS = 64;
    private static final int WARM_UP_SECONDS = 10;
    private static final int FULL_SECONDS = 6;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicInteger renewed = new AtomicInteger();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

    @Override
    public String name() {
        return "leases";
    }

    @Override
    public String question() {
        return "what 20,000 leases of 2,000 services cost the registry, renewed every 3 s, against a quarter of a core";
    }

    @Override
    public void run(Report report) throws Exception {
        int seconds = Integer.parseInt(System.getenv().getOrDefault("MOA_BENCH_SECONDS", "120"));
        report.progress("starting Redis and the registry");
        try (BenchRegistry registry = BenchRegistry.start();
                Child router = registry.router(Child.freePort(), Child.freePort())) {
            RunningPart routing = new RunningPart(router.process().pid());
            List<LeaseHolder> holders = new ArrayList<>();
            for (int i = 0; i < PROCESSES; i++) {
                holders.add(new LeaseHolder(registry.registry().port(), registry.moaPort()));
            }
            try {
                // what the router makes when it first reads an instance is none of the instances'
                for (int i = 0; i < FIRST; i++) {
                    register(holders.get(i), i);
                }
                TimeUnit.SECONDS.sleep(2);
                long before = routing.liveHeapBytes();
                measure(report, registry, holders, seconds);
                long bytes = (routing.liveHeapBytes() - before) / (INSTANCES - FIRST * LEASES_EACH);
                report.add(CaseResult.lessIsBetter(
                        name(), "router, per instance", bytes, AIM_BYTES, "the aim", "bytes", Map.of()));
                measureFull(report, registry, "HTTP", length -> renewFull(holders, length));
                measureFull(report, registry, "moa", length -> renewFullByMoa(holders, length));
            } finally {
                threads.shutdownNow();
                for (LeaseHolder holder : holders) {
                    holder.close();
                }
            }
        }
    }

    private void measure(Report report, BenchRegistry registry, List<LeaseHolder> holders, int seconds)
            throws Exception {
        report.progress("registering %,d instances, while what is there renews".formatted(INSTANCES));
        double cpuBefore = registry.process().cpuSeconds();
        long started = System.nanoTime();
        register(holders);
        double registerSeconds = (System.nanoTime() - started) / 1e9;
        double registerCpu = registry.process().cpuSeconds() - cpuBefore;

        report.progress("renewing for %d s, and %d s before that".formatted(seconds, WARM_UP_SECONDS));
        renew(holders, WARM_UP_SECONDS);
        Used used = used(registry, () -> renew(holders, seconds));
        int listed = listed(registry.registry().port());
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("instances", INSTANCES);
        details.put("seconds", used.seconds);
        details.put("renewals", used.renewals);
        details.put("leasesLost", INSTANCES - listed);
        details.put("failedRequests", failed.get());
        details.put("redisCores", used.redisCores);
        details.put("cpuMicrosPerRenewal", used.microsPerRenewal());
        details.put("registryPssMiB", registry.process().pssMegabytes());
        details.put("redisPssMiB", registry.store().pssMegabytes());
        details.put("registrationsPerSecond", INSTANCES / registerSeconds);
        details.put("cpuMicrosPerRegistration", registerCpu * 1e6 / INSTANCES);
        report.add(
                CaseResult.lessIsBetter(name(), "20,000 leases", used.cores, AIM_CORES, "the aim", "cores", details));
    }

    private interface Renewing {
        void renew(int seconds) throws Exception;
    }

    private void measureFull(Report report, BenchRegistry registry, String face, Renewing load) throws Exception {
        report.progress("renewing by %s as fast as it goes for %d s".formatted(face, FULL_SECONDS));
        load.renew(FULL_SECONDS);
        Used used = used(registry, () -> load.renew(FULL_SECONDS));
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("renewalsPerSecond", used.renewals / used.seconds);
        details.put("registryCores", used.cores);
        details.put("redisCores", used.redisCores);
        details.put("cpuMicrosPerRenewal", used.microsPerRenewal());
        details.put("redisMicrosPerRenewal", used.redisCores * used.seconds * 1e6 / used.renewals);
        details.put("failedRequests", failed.get());
        report.add(CaseResult.moreIsBetter(
                name(),
                "a core, TTL 15 s, " + face,
                SECONDS_PER_RENEWAL * 1e6 / used.microsPerRenewal(),
                AIM_INSTANCES,
                "the aim",
                "instances",
                details));
    }

    private record Used(double seconds, double cores, double redisCores, int renewals) {
        double microsPerRenewal() {
            return cores * seconds * 1e6 / Math.max(1, renewals);
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    private Used used(BenchRegistry registry, Work work) throws Exception {
        failed.set(0);
        renewed.set(0);
        double before = registry.process().cpuSeconds();
        double redisBefore = registry.store().cpuSeconds();
        long started = System.nanoTime();
        work.run();
        double took = (System.nanoTime() - started) / 1e9;
        return new Used(
                took,
                (registry.process().cpuSeconds() - before) / took,
                (registry.store().cpuSeconds() - redisBefore) / took,
                renewed.get());
    }

    /** Registers all; those that are there renew while the others come. */
    private void register(List<LeaseHolder> holders) throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        List<Future<?>> renewing = new ArrayList<>();
        for (int half = 0; half < RENEWING; half++) {
            int first = half;
            renewing.add(threads.submit(() -> {
                while (!done.get()) {
                    long started = System.nanoTime();
                    for (int i = first; i < PROCESSES && !done.get(); i += RENEWING) {
                        if (holders.get(i).held() > 0) {
                            renew(holders.get(i));
                        }
                    }
                    TimeUnit.NANOSECONDS.sleep(RENEW_MS * 1_000_000 - (System.nanoTime() - started));
                }
                return null;
            }));
        }
        together(THREADS - RENEWING, thread -> {
            for (int i = FIRST + thread; i < PROCESSES; i += THREADS - RENEWING) {
                register(holders.get(i), i);
            }
        });
        done.set(true);
        for (Future<?> each : renewing) {
            each.get(1, TimeUnit.MINUTES);
        }
    }

    private static void register(LeaseHolder holder, int number) throws Exception {
        for (int k = 0; k < LEASES_EACH; k++) {
            int service = (number * LEASES_EACH + k) % SERVICES;
            holder.register(
                    "/service/bench/s" + service, "10.%d.%d.1".formatted(number / 250, number % 250), 7_000 + k);
        }
    }

    /** Lets each process renew every 3 s, evenly spread. */
    private void renew(List<LeaseHolder> holders, int seconds) throws Exception {
        long started = System.nanoTime();
        long count = (long) seconds * 1_000 * holders.size() / RENEW_MS;
        together(THREADS, thread -> {
            for (long i = thread; i < count; i += THREADS) {
                long due = started + i * RENEW_MS * 1_000_000 / holders.size();
                TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
                renew(holders.get((int) (i % holders.size())));
            }
        });
    }

    private void renewFull(List<LeaseHolder> holders, int seconds) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        together(THREADS, thread -> {
            for (int i = thread; System.nanoTime() < until; i = (i + THREADS) % PROCESSES) {
                renewByRest(holders.get(i));
            }
        });
    }

    private void renewFullByMoa(List<LeaseHolder> holders, int seconds) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        Semaphore open = new Semaphore(OPEN_CALLS);
        for (int i = 0; System.nanoTime() < until; i++) {
            open.acquire();
            renew(holders.get(i % holders.size())).whenComplete((answered, failure) -> open.release());
        }
        if (!open.tryAcquire(OPEN_CALLS, 10, TimeUnit.SECONDS)) {
            throw new IOException("some renewals were not answered in 10 s");
        }
    }

    /** Renews by a moa call and counts; completes when that is answered. */
    private CompletableFuture<Boolean> renew(LeaseHolder holder) {
        return holder.renew().whenComplete((isRenewed, failure) -> count(holder, Boolean.TRUE.equals(isRenewed)));
    }

    private void renewByRest(LeaseHolder holder) {
        try {
            count(holder, holder.renewByRest());
        } catch (IOException e) {
            count(holder, false);
        }
    }

    private void count(LeaseHolder holder, boolean isRenewed) {
        if (isRenewed) {
            renewed.addAndGet(holder.held());
        } else {
            failed.incrementAndGet();
        }
    }

    private interface Part {
        void run(int thread) throws Exception;
    }

    private void together(int count, Part part) throws Exception {
        List<Future<?>> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int thread = i;
            parts.add(threads.submit(() -> {
                part.run(thread);
                return null;
            }));
        }
        for (Future<?> each : parts) {
            each.get(5, TimeUnit.MINUTES);
        }
    }

    private static int listed(int port) throws IOException {
        int listed = 0;
        String cursor = "";
        try (RawHttp http = new RawHttp(port)) {
            do {
                JsonNode page =
                        JSON.readTree(http.send(RawHttp.request("GET", "/v1/services?limit=500&cursor=" + cursor, ""))
                                .body());
                for (JsonNode service : page.get("services")) {
                    if (service.get("service").asString().startsWith("/service/bench/")) {
                        listed +=
                                service.get("up").asInt() - service.get("held").asInt();
                    }
                }
                cursor = page.get("next").isNull() ? "" : page.get("next").asString();
            } while (!cursor.isEmpty());
        }
        return listed;
    }
}
