package dev.moa.compatibility.rolling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.compatibility.Need;
import dev.moa.compatibility.NodePackages;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * No call is lost when instances are restarted in turn. By hand with more rounds and a process for each instance:
 * {@code ./moa chaos rolling --rounds 100}.
 */
class RollingRestartsIT {

    private static final int ROUNDS = Integer.getInteger("moa.rolling.rounds", 20);
    private static final boolean PROCESSES = Boolean.getBoolean("moa.rolling.processes");

    @Test
    void restartsInTurnFailNoCall() throws Exception {
        Need.NODE.assume();
        Need.PHPREDIS.assume();
        NodePackages.install();
        long began = System.nanoTime();
        Map<String, Tally> tallies;
        try (Fleet fleet = new Fleet(3, PROCESSES)) {
            try (RollingRestarts rolling = new RollingRestarts(fleet)) {
                tallies = rolling.tallies();
                rolling.addSdk(2, 2_000);
                rolling.addLettuce();
                rolling.addProgram("RESP3, node-redis 6", List.of("node", "target/clients/node/rolling.js", "redis6"));
                rolling.addProgram("RESP3, node-redis 5", List.of("node", "target/clients/node/rolling.js", "redis5"));
                rolling.addProgram("RESP2, phpredis pool", List.of("php", "src/test/clients/rolling.php"));
                rolling.addHttp();
                rolling.addProgram("HTTP, Python", List.of("/usr/bin/python3", "src/test/clients/rolling-http.py"));

                rolling.run(ROUNDS);
            }
        }
        System.out.printf(
                "%d restarts of 3 %s in %.1f s%n",
                ROUNDS, PROCESSES ? "processes" : "ports", (System.nanoTime() - began) / 1e9);
        tallies.forEach((name, tally) ->
                System.out.printf("  %-22s %7d calls, %d failed%n", name, tally.good(), tally.failed()));

        assertThat(tallies).allSatisfy((name, tally) -> {
            assertThat(tally.failures()).as(name).isEmpty();
            assertThat(tally.good()).as(name).isGreaterThan(ROUNDS * 20L);
        });
    }

    @Test
    void aKilledProcessCostsAtMostTheCallsInFlightOnIt() throws Exception {
        int callers = 8;
        try (Fleet fleet = new Fleet(2, false);
                RollingRestarts rolling = new RollingRestarts(fleet)) {
            fleet.leave(1);
            fleet.start(1, true);
            rolling.addSdk(callers, 200);
            rolling.awaitProgress();
            rolling.awaitProgress();

            long killedAt = System.nanoTime();
            fleet.kill(1);
            for (int i = 0; i < 100; i++) {
                rolling.awaitProgress();
            }
            rolling.close();

            Tally tally = rolling.tallies().values().iterator().next();
            Duration out = Duration.ofNanos(Math.max(0, tally.lastFailureAt() - killedAt));
            System.out.printf(
                    "kill -9: %d of %d calls failed, the last one %d ms after it%n",
                    tally.failed(), tally.good() + tally.failed(), tally.failed() == 0 ? 0 : out.toMillis());
            assertThat(tally.failed()).as("%s", tally.failures()).isLessThanOrEqualTo(callers);
            if (tally.failed() > 0) {
                assertThat(out).isLessThan(Duration.ofSeconds(1));
            }
        }
    }
}
