package dev.moa.benchmarks.chaos;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** What goes wrong, on which of the parts of that kind, and for how long. */
record Fault(Kind kind, int target, Duration time) {
    private static final Duration RESTART_LIMIT = Duration.ofSeconds(60);

    /** Kinds of faults; of two at once, no two may be of one group. */
    enum Kind {
        KILL_REDIS("redis"),
        FLUSH_REDIS("redis"),
        FAIL_OVER_TO_A_LAGGING_REPLICA("redis"),
        PAUSE_REDIS("redis"),
        STEP_REDIS_CLOCK("redis"),
        KILL_REGISTRY("registry"),
        PARTITION_REGISTRY("registry"),
        STEP_REGISTRY_CLOCK("registry"),
        KILL_ROUTER("router"),
        PARTITION_ROUTER("router"),
        STEP_ROUTER_CLOCK("router"),
        LOSE_WAKE_UPS("wakes"),
        LOSE_HALF_OF_ALL_LEASES("leases");

        private final String group;

        Kind(String group) {
            this.group = group;
        }

        boolean goesWith(Kind other) {
            // a Redis of another time beside leases that nobody can renew is a store nobody could know better than
            return !group.equals(other.group);
        }
    }

    /** Returns whether it can be made here. */
    boolean isPossible(Lab lab) {
        return switch (kind) {
            case STEP_REDIS_CLOCK, STEP_REGISTRY_CLOCK, STEP_ROUTER_CLOCK ->
                lab.clocks().canStep();
            default -> true;
        };
    }

    void begin(Lab lab, Ledger ledger, Herd herd, long seed) throws IOException, InterruptedException {
        switch (kind) {
            case KILL_REDIS -> {
                blind(lab, ledger);
                lab.primary().part().kill();
            }
            case FLUSH_REDIS -> {
                blind(lab, ledger);
                lab.flush();
                see(lab, ledger);
            }
            case FAIL_OVER_TO_A_LAGGING_REPLICA -> lab.replication().mode(Link.Mode.SILENT);
            case PAUSE_REDIS -> {
                blind(lab, ledger);
                lab.primary().part().signal("STOP");
            }
            case STEP_REDIS_CLOCK -> {
                lab.clocks().step("redis-0", step());
                lab.clocks().step("redis-1", step());
            }
            case KILL_REGISTRY -> registry(lab).part().kill();
            case PARTITION_REGISTRY -> lab.partition(registry(lab), true);
            case STEP_REGISTRY_CLOCK -> lab.clocks().step(registry(lab).part().name(), step());
            case KILL_ROUTER -> {
                ledger.blind(router(lab).part().name());
                router(lab).part().kill();
                // without a pause: it comes back while whatever else is wrong still is
                router(lab).part().start();
            }
            case PARTITION_ROUTER -> {
                ledger.blind(router(lab).part().name());
                lab.partition(router(lab), true);
            }
            case STEP_ROUTER_CLOCK -> lab.clocks().step(router(lab).part().name(), step());
            case LOSE_WAKE_UPS -> lab.apps().forEach(app -> app.toRedis().lose(new WakeLoss(0.1, seed)));
            case LOSE_HALF_OF_ALL_LEASES -> herd.loseHalf(true);
        }
    }

    void end(Lab lab, Ledger ledger, Herd herd) throws IOException, InterruptedException {
        switch (kind) {
            case KILL_REDIS -> {
                lab.startPrimary();
                see(lab, ledger);
            }
            case FAIL_OVER_TO_A_LAGGING_REPLICA -> {
                blind(lab, ledger);
                lab.primary().part().kill();
                lab.failOver();
                see(lab, ledger);
                lab.startReplica();
            }
            case PAUSE_REDIS -> {
                lab.primary().part().signal("CONT");
                see(lab, ledger);
            }
            case STEP_REDIS_CLOCK -> {
                lab.clocks().step("redis-0", 0);
                lab.clocks().step("redis-1", 0);
            }
            case KILL_REGISTRY -> {
                registry(lab).part().start();
                registry(lab).part().awaitHealthy(RESTART_LIMIT);
            }
            case PARTITION_REGISTRY -> lab.partition(registry(lab), false);
            case STEP_REGISTRY_CLOCK -> lab.clocks().step(registry(lab).part().name(), 0);
            case KILL_ROUTER -> {
                router(lab).part().awaitHealthy(RESTART_LIMIT);
                ledger.sees(router(lab).part().name());
            }
            case PARTITION_ROUTER -> {
                lab.partition(router(lab), false);
                ledger.sees(router(lab).part().name());
            }
            case STEP_ROUTER_CLOCK -> lab.clocks().step(router(lab).part().name(), 0);
            case LOSE_WAKE_UPS -> lab.apps().forEach(app -> app.toRedis().lose(null));
            case LOSE_HALF_OF_ALL_LEASES -> herd.loseHalf(false);
            case FLUSH_REDIS -> {
                // it was a moment
            }
        }
    }

    private long step() {
        return target % 2 == 0 ? 3_600 : -3_600;
    }

    private Lab.App registry(Lab lab) {
        return lab.registries().get(target / 2);
    }

    private Lab.App router(Lab lab) {
        return lab.routers().get(target / 2);
    }

    private static void blind(Lab lab, Ledger ledger) {
        names(lab).forEach(ledger::blind);
    }

    private static void see(Lab lab, Ledger ledger) {
        names(lab).forEach(ledger::sees);
    }

    private static List<String> names(Lab lab) {
        return lab.routers().stream().map(router -> router.part().name()).toList();
    }

    @Override
    public String toString() {
        String where = kind.group.equals("registry") || kind.group.equals("router") ? " " + target / 2 : "";
        String how = kind.name().startsWith("STEP") ? (target % 2 == 0 ? " +1 h" : " -1 h") : "";
        return kind.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ') + where + how + " for "
                + time.toMillis() + " ms";
    }
}
