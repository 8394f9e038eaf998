package dev.moa.sdk.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.sdk.lookup.InstanceAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BalancerTests {

    private static final ServiceName SERVICE = ServiceName.of("/service/any");

    @Test
    void roundRobinSharesByWeightAndEvenlyInTime() {
        List<Fixed> candidates = List.of(new Fixed(1, 100, null), new Fixed(2, 200, null), new Fixed(3, 100, null));
        Balancer balancer = Balancer.weightedRoundRobin();

        int[] counts = new int[3];
        int longestGap = 0;
        int gap = 0;
        for (int i = 0; i < 4_000; i++) {
            int chosen = balancer.choose(candidates, request("x"));
            counts[chosen]++;
            gap = chosen == 0 ? 0 : gap + 1;
            longestGap = Math.max(longestGap, gap);
        }

        assertThat(counts[0]).isBetween(990, 1_010);
        assertThat(counts[1]).isBetween(1_990, 2_010);
        assertThat(longestGap).isLessThan(10);
    }

    @Test
    void hashKeepsKeysWhereTheyAreWhenAnInstanceGoes() {
        List<Fixed> ten = fixed(10);
        List<Fixed> nine = new ArrayList<>(ten);
        Fixed gone = nine.remove(4);
        Balancer balancer = Balancer.consistentHash(request -> request.args().text());

        int moved = 0;
        Map<Integer, Integer> counts = new HashMap<>();
        for (int i = 0; i < 10_000; i++) {
            CallRequest request = request("key" + i);
            Fixed before = ten.get(balancer.choose(ten, request));
            Fixed after = nine.get(balancer.choose(nine, request));
            counts.merge(before.address.port(), 1, Integer::sum);
            if (before != after) {
                moved++;
                assertThat(before).isSameAs(gone);
            }
        }

        assertThat(moved).isBetween(850, 1_150);
        assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(850, 1_150));
    }

    @Test
    void hashFollowsWeights() {
        List<Fixed> candidates = List.of(new Fixed(1, 100, null), new Fixed(2, 300, null));
        Balancer balancer = Balancer.consistentHash(request -> request.args().text());

        long second = IntStream.range(0, 10_000)
                .filter(i -> balancer.choose(candidates, request("key" + i)) == 1)
                .count();

        assertThat(second).isBetween(7_300L, 7_700L);
    }

    @Test
    void zoneFirstStaysAtHomeWhileThereAreEnough() {
        List<Fixed> candidates = List.of(
                new Fixed(1, 100, "a"), new Fixed(2, 100, "b"), new Fixed(3, 100, "a"), new Fixed(4, 100, null));
        Balancer home = Balancer.zoneFirst("a", 0.3, Balancer.weightedRoundRobin());
        Balancer tooFew = Balancer.zoneFirst("b", 0.3, Balancer.weightedRoundRobin());
        Balancer nowhere = Balancer.zoneFirst("c", 0, Balancer.weightedRoundRobin());

        assertThat(IntStream.range(0, 100)
                        .map(i -> home.choose(candidates, request("x")))
                        .distinct())
                .containsExactlyInAnyOrder(0, 2);
        assertThat(IntStream.range(0, 100)
                        .map(i -> tooFew.choose(candidates, request("x")))
                        .distinct())
                .hasSize(4);
        assertThat(IntStream.range(0, 100)
                        .map(i -> nowhere.choose(candidates, request("x")))
                        .distinct())
                .hasSize(4);
    }

    @Test
    void betterOfTwoSharesByWeightAmongEquals() {
        List<Fixed> candidates = List.of(new Fixed(1, 100, null), new Fixed(2, 300, null), new Fixed(3, 100, null));
        Balancer balancer = Balancer.powerOfTwoChoices();

        long second = IntStream.range(0, 10_000)
                .filter(i -> balancer.choose(candidates, request("x")) == 1)
                .count();

        assertThat(second).isBetween(4_000L, 6_500L);
    }

    @Test
    void betterOfTwoTakesNothingFromOneThatIsSlowerByAHair() {
        List<Fixed> candidates = new ArrayList<>(fixed(10));
        candidates.set(3, new Fixed(candidates.get(3).address(), 1.1));
        candidates.set(7, new Fixed(candidates.get(7).address(), 2));
        Balancer balancer = Balancer.powerOfTwoChoices();

        int[] counts = new int[10];
        for (int i = 0; i < 10_000; i++) {
            counts[balancer.choose(candidates, request("x"))]++;
        }

        assertThat(counts[3]).isBetween(900, 1_300);
        assertThat(counts[7]).isZero();
    }

    @Test
    void leastInFlightTakesTheIdlestForItsWeight() {
        List<Busy> candidates = List.of(new Busy(1, 100, 3), new Busy(2, 400, 5), new Busy(3, 100, 2));
        List<Busy> equals = List.of(new Busy(1, 100, 1), new Busy(2, 100, 1), new Busy(3, 100, 1));
        Balancer balancer = Balancer.leastInFlight();

        assertThat(IntStream.range(0, 100)
                        .map(i -> balancer.choose(candidates, request("x")))
                        .distinct())
                .containsExactly(1);
        assertThat(IntStream.range(0, 100)
                        .map(i -> balancer.choose(equals, request("x")))
                        .distinct())
                .containsExactlyInAnyOrder(0, 1, 2);
    }

    private static CallRequest request(String args) {
        return CallRequest.of(SERVICE, "any", Payload.json(args));
    }

    private static List<Fixed> fixed(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Fixed(i + 1, 100, null))
                .toList();
    }

    private record Fixed(InstanceAddress address, double latencyNanos) implements Candidate {

        Fixed(int port, int weight, @Nullable String zone) {
            this(InstanceAddress.of("127.0.0.1", port).withWeight(weight).withZone(zone), 1);
        }

        @Override
        public int inFlight() {
            return 0;
        }

        @Override
        public double success() {
            return 1;
        }

        @Override
        public double weight() {
            return address.weight() / 100.0;
        }
    }

    private record Busy(InstanceAddress address, int inFlight) implements Candidate {

        Busy(int port, int weight, int inFlight) {
            this(InstanceAddress.of("127.0.0.1", port).withWeight(weight), inFlight);
        }

        @Override
        public double latencyNanos() {
            return 1;
        }

        @Override
        public double success() {
            return 1;
        }

        @Override
        public double weight() {
            return address.weight() / 100.0;
        }
    }
}
