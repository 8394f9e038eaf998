package dev.moa.benchmarks.chaos;

import dev.moa.protocol.ServiceName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The checker's own book of who lives, kept outside of the platform. An instance lives from the moment at which a
 * registry has confirmed its first registration until it is killed, leaves or drains. Safe for many threads.
 */
final class Ledger {
    /** An answer must name whoever has lived for longer than this. */
    static final long GRACE_NANOS = Duration.ofSeconds(2).toNanos();

    private static final long NEVER = Long.MAX_VALUE;

    private final Map<ServiceName, List<Life>> lives = new ConcurrentHashMap<>();
    private final Map<Integer, Life> byPort = new ConcurrentHashMap<>();
    private final Map<String, List<long[]>> blind = new ConcurrentHashMap<>();

    /** One instance; its port is no other's. */
    static final class Life {
        private final ServiceName service;
        private final int port;
        private volatile long bornNanos = NEVER;
        private volatile long endedNanos = NEVER;
        private volatile String end = "lives";

        Life(ServiceName service, int port) {
            this.service = service;
            this.port = port;
        }

        ServiceName service() {
            return service;
        }

        int port() {
            return port;
        }

        boolean isBorn() {
            return bornNanos != NEVER;
        }

        boolean hasEnded() {
            return endedNanos != NEVER;
        }

        void born(long atNanos) {
            bornNanos = atNanos;
        }

        /** It is going to be killed, to leave or to drain. */
        void ends(String how) {
            end = how;
            endedNanos = System.nanoTime();
        }

        long endedNanos() {
            return endedNanos;
        }

        @Override
        public String toString() {
            long now = System.nanoTime();
            return "127.0.0.1:%d, %s, %s"
                    .formatted(
                            port,
                            isBorn() ? "registered %d ms ago".formatted((now - bornNanos) / 1_000_000) : "not born",
                            hasEnded() ? "%s %d ms ago".formatted(end, (now - endedNanos) / 1_000_000) : end);
        }
    }

    void add(Life life) {
        byPort.put(life.port(), life);
        lives.computeIfAbsent(life.service(), none -> new CopyOnWriteArrayList<>())
                .add(life);
    }

    /** Forgets who ended long ago. */
    void tidy() {
        long now = System.nanoTime();
        lives.values()
                .forEach(list -> list.removeIf(life -> life.hasEnded()
                        && now - life.endedNanos() > Duration.ofMinutes(2).toNanos()));
    }

    Life of(int port) {
        return byPort.getOrDefault(port, new Life(ServiceName.of("/service/nobody"), port));
    }

    /**
     * A router loses sight of the store, by no fault of its own. Who was not yet to be named then can only be known to
     * it later: such a one counts from the moment at which the router sees again.
     */
    void blind(String router) {
        blind.computeIfAbsent(router, none -> new CopyOnWriteArrayList<>()).add(new long[] {System.nanoTime(), NEVER});
    }

    /** The last of the reasons that it was blind for is over; where there are more, it stays so. */
    void sees(String router) {
        List<long[]> spans = blind.getOrDefault(router, List.of());
        for (int i = spans.size() - 1; i >= 0; i--) {
            if (spans.get(i)[1] == NEVER) {
                spans.get(i)[1] = System.nanoTime();
                return;
            }
        }
    }

    /** Returns whom a router must name at a moment. */
    List<Life> required(ServiceName service, String router, long now) {
        List<Life> required = new ArrayList<>();
        for (Life life : lives.getOrDefault(service, List.of())) {
            if (life.isBorn() && !life.hasEnded()) {
                long since = countsSince(life.bornNanos, router);
                if (since != NEVER && now - since > GRACE_NANOS) {
                    required.add(life);
                }
            }
        }
        return required;
    }

    private long countsSince(long bornNanos, String router) {
        long since = bornNanos;
        for (long[] span : blind.getOrDefault(router, List.of())) {
            long end = span[1];
            if (since > span[0] - GRACE_NANOS && (end == NEVER || since < end)) {
                since = end;
            }
            if (since == NEVER) {
                return NEVER;
            }
        }
        return since;
    }
}
