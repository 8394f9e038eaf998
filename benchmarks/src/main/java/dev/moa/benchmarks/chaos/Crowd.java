package dev.moa.benchmarks.chaos;

import dev.moa.protocol.ServiceName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/**
 * Tens of thousands of instances that live, as registries see them: each service has a hundred, which register in one
 * request and renew in one. No process stands behind them, and nobody listens at their addresses. They ask on while
 * nobody answers.
 */
final class Crowd implements AutoCloseable {
    static final int EACH = 100;
    static final int TTL_SECONDS = 15;

    private static final int FIRST_PORT = 12_000;
    private static final int WRITERS = 8;
    private static final int RENEWERS = 4;
    private static final Duration RENEWAL = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final RegistryRest rest = new RegistryRest();
    private final List<Portion> portions = new ArrayList<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(WRITERS + RENEWERS, work -> {
        Thread thread = new Thread(work, "chaos-crowd");
        thread.setDaemon(true);
        return thread;
    });

    /** The instances of one service. */
    private static final class Portion {
        private final ServiceName service;
        private final String registry;
        private final String registration;
        private final List<Ledger.Life> lives;
        private volatile String renewal = "";

        Portion(ServiceName service, String registry, String registration, List<Ledger.Life> lives) {
            this.service = service;
            this.registry = registry;
            this.registration = registration;
            this.lives = lives;
        }
    }

    /** @param instances a multiple of {@link #EACH} */
    Crowd(List<Lab.App> registries, Ledger ledger, int instances) {
        for (int i = 0; i < instances / EACH; i++) {
            ServiceName service = ServiceName.of("/service/outage/s" + i);
            List<Ledger.Life> lives = new ArrayList<>();
            List<String> bodies = new ArrayList<>();
            String prefix = Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(service.value().getBytes(StandardCharsets.US_ASCII));
            for (int k = 0; k < EACH; k++) {
                Ledger.Life life = new Ledger.Life(service, FIRST_PORT + i * EACH + k);
                lives.add(life);
                ledger.add(life);
                bodies.add("{\"id\":\"%s.i%d\",\"service\":\"%s\",\"host\":\"127.0.0.1\",\"port\":%d,\"ttlSeconds\":%d}"
                        .formatted(prefix, k, service, life.port(), TTL_SECONDS));
            }
            portions.add(new Portion(
                    service,
                    registries.get(i % registries.size()).url(),
                    "{\"instances\":[" + String.join(",", bodies) + "]}",
                    lives));
        }
    }

    List<ServiceName> services() {
        return portions.stream().map(portion -> portion.service).toList();
    }

    int size() {
        return portions.size() * EACH;
    }

    /** Registers all at once, each asking again until it is; returns the milliseconds until the last one was. */
    long registerAll() throws InterruptedException {
        long started = System.nanoTime();
        List<Future<?>> writing = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            int first = i;
            writing.add(threads.submit(() -> {
                for (int k = first; k < portions.size(); k += WRITERS) {
                    register(portions.get(k), started + PATIENCE.toNanos());
                }
                return null;
            }));
        }
        for (Future<?> each : writing) {
            try {
                each.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("not all could register: " + e.getCause(), e);
            }
        }
        return (System.nanoTime() - started) / 1_000_000;
    }

    private void register(Portion portion, long limit) throws IOException, InterruptedException {
        while (true) {
            try {
                JsonNode results = rest.ask("POST", portion.registry + "/v1/instances/batch", portion.registration)
                        .path("results");
                List<String> leases = new ArrayList<>();
                for (JsonNode each : results) {
                    JsonNode registered = each.path("registered");
                    if (!registered.isObject()) {
                        throw new IOException(each.toString());
                    }
                    leases.add("{\"id\":%s,\"incarnation\":%s}"
                            .formatted(registered.path("id"), registered.path("incarnation")));
                }
                portion.renewal = "{\"leases\":[" + String.join(",", leases) + "]}";
                portion.lives.stream().filter(life -> !life.isBorn()).forEach(life -> life.born(System.nanoTime()));
                return;
            } catch (IOException e) {
                if (System.nanoTime() > limit) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
    }

    /** From now on all leases are renewed, evenly spread. */
    void renew() {
        for (int i = 0; i < RENEWERS; i++) {
            int first = i;
            threads.execute(() -> renew(first));
        }
    }

    private void renew(int first) {
        long pace = RENEWAL.toNanos() * RENEWERS / portions.size();
        long due = System.nanoTime();
        try {
            for (int i = first; ; i = i + RENEWERS < portions.size() ? i + RENEWERS : first) {
                due = Math.max(due + pace, System.nanoTime());
                TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
                Portion portion = portions.get(i);
                try {
                    if (!portion.renewal.isEmpty()) {
                        rest.ask("PUT", portion.registry + "/v1/leases", portion.renewal);
                    }
                } catch (IOException nobodyAnswers) {
                    // that is what the checker brings about; whether a lease got lost by it, the routers tell
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
