package dev.moa.sdk.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.sdk.balance.Balancer;
import dev.moa.sdk.balance.Candidate;
import dev.moa.sdk.lookup.InstanceAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Ten instances and a thousand calls a second on a clock that the test moves. */
class BalanceSimulationTests {

    private static final CallRequest REQUEST =
            CallRequest.of(ServiceName.of("/service/any"), "any", Payload.NO_ARGUMENTS);
    private static final long MS = 1_000_000;
    private static final long BETWEEN_CALLS = MS;

    private long now = 1;
    private final Random random = new Random(1);
    private final List<Simulated> instances = new ArrayList<>();
    private final PriorityQueue<Ending> endings = new PriorityQueue<>();

    @Test
    void instanceThatIsTwentyTimesSlowerGetsHardlyAnyCalls() {
        fleet(10);
        instances.get(3).tookNanos = 100 * MS;

        run(Balancer.powerOfTwoChoices(), 1_000);
        int inTheFirstSecond = instances.get(3).calls;
        run(Balancer.powerOfTwoChoices(), 20_000);

        assertThat(inTheFirstSecond).isLessThanOrEqualTo(20);
        assertThat(instances.get(3).calls).isLessThanOrEqualTo(210);
    }

    @Test
    void instanceThatFailsAtOnceGetsHardlyAnyCalls() {
        fleet(10);
        instances.get(3).tookNanos = MS / 10;
        instances.get(3).fails = true;

        run(Balancer.powerOfTwoChoices(), 20_000);

        assertThat(instances.get(3).calls).isLessThanOrEqualTo(200);
    }

    @Test
    void instanceThatIsFastAgainGetsItsShareBack() {
        fleet(10);
        instances.get(3).tookNanos = 100 * MS;
        run(Balancer.powerOfTwoChoices(), 5_000);

        instances.get(3).tookNanos = 5 * MS;
        run(Balancer.powerOfTwoChoices(), 10_000);
        instances.forEach(each -> each.calls = 0);
        run(Balancer.powerOfTwoChoices(), 5_000);

        assertThat(instances.get(3).calls).isGreaterThan(450);
    }

    @Test
    void equalInstancesGetEqualShares() {
        fleet(10);

        run(Balancer.powerOfTwoChoices(), 10_000);

        assertThat(instances).allSatisfy(each -> assertThat(each.calls).isBetween(850, 1_150));
    }

    private void fleet(int size) {
        for (int i = 0; i < size; i++) {
            instances.add(new Simulated(InstanceAddress.of("127.0.0.1", 1_000 + i)));
        }
    }

    private void run(Balancer balancer, int calls) {
        for (int i = 0; i < calls; i++) {
            now += BETWEEN_CALLS;
            while (!endings.isEmpty() && endings.peek().at <= now) {
                Ending ending = endings.poll();
                ending.instance.record.end(
                        ending.instance.fails ? Outcome.FAILURE : Outcome.SUCCESS, ending.at - ending.startedAt);
            }
            Simulated chosen = instances.get(balancer.choose(instances, REQUEST));
            chosen.calls++;
            chosen.record.begin();
            long took = (long) (chosen.tookNanos * (0.5 + random.nextDouble()));
            endings.add(new Ending(now + took, now, chosen));
        }
    }

    private record Ending(long at, long startedAt, Simulated instance) implements Comparable<Ending> {
        @Override
        public int compareTo(Ending other) {
            return Long.compare(at, other.at);
        }
    }

    private final class Simulated implements Candidate {
        private final InstanceAddress address;
        private final TrackRecord record = new TrackRecord(() -> now, 5 * MS);
        private long tookNanos = 5 * MS;
        private boolean fails;
        private int calls;

        private Simulated(InstanceAddress address) {
            this.address = address;
        }

        @Override
        public InstanceAddress address() {
            return address;
        }

        @Override
        public int inFlight() {
            return record.inFlight();
        }

        @Override
        public double latencyNanos() {
            return record.latencyNanos();
        }

        @Override
        public double success() {
            return record.success();
        }

        @Override
        public double weight() {
            return 1;
        }

        @Override
        public String toString() {
            return address.id() + " " + calls + " " + Arrays.asList(inFlight(), latencyNanos() / MS, success());
        }
    }
}
