package dev.moa.sdk.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.sdk.balance.Balancer;
import dev.moa.sdk.lookup.InstanceAddress;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FleetTests {

    private static final CallRequest REQUEST =
            CallRequest.of(ServiceName.of("/service/any"), "any", Payload.NO_ARGUMENTS);
    private static final long SECOND = 1_000_000_000;

    private long now = 1;
    private final Fleet fleet = new Fleet("any", Balancer.weightedRoundRobin(), CallSettings.defaults(), () -> now);

    @Test
    void instanceThatFailsInARowIsEjectedAndComesBackAfterOneGoodCall() {
        fleet.update(addresses(4));
        fail(0);

        List<Integer> meanwhile = chosen(100);
        now += 2 * SECOND;
        fleet.tick();
        InstanceView.Standing onTrial = fleet.view().get(0).standing();
        Endpoint tried = fleet.roster().all().get(0);
        tried.begin();
        fleet.ended(tried, Outcome.SUCCESS, 1);

        assertThat(meanwhile).doesNotContain(0);
        assertThat(onTrial).isEqualTo(InstanceView.Standing.ON_TRIAL);
        assertThat(fleet.view().get(0).standing()).isEqualTo(InstanceView.Standing.WARMING_UP);
        assertThat(chosen(100)).contains(0);
    }

    @Test
    void whenMostAreEjectedNoEjectionCounts() {
        fleet.update(addresses(4));

        fail(0);
        fail(1);
        boolean panicAtHalf = fleet.roster().panic();
        List<Integer> atHalf = chosen(100);
        fail(2);

        assertThat(panicAtHalf).isFalse();
        assertThat(atHalf).doesNotContain(0, 1);
        assertThat(fleet.roster().panic()).isTrue();
        assertThat(chosen(100)).contains(0, 1, 2, 3);
    }

    @Test
    void newcomerStartsSmallAndTheFirstOnesDoNot() {
        fleet.update(addresses(2));
        fleet.update(addresses(3));

        assertThat(fleet.view()).extracting(InstanceView::weight).containsExactly(1.0, 1.0, 0.08);
    }

    private void fail(int index) {
        Endpoint endpoint = fleet.roster().all().get(index);
        for (int i = 0; i < 5; i++) {
            endpoint.begin();
            fleet.ended(endpoint, Outcome.FAILURE, 1);
        }
    }

    private List<Integer> chosen(int calls) {
        return IntStream.range(0, calls)
                .mapToObj(i -> fleet.choose(REQUEST, null).address().port() - 1)
                .distinct()
                .toList();
    }

    private static List<InstanceAddress> addresses(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> InstanceAddress.of("127.0.0.1", i + 1))
                .toList();
    }
}
