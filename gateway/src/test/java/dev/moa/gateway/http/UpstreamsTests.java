package dev.moa.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.sdk.lookup.InstanceAddress;
import dev.moa.sdk.lookup.InstanceStatus;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class UpstreamsTests {

    private static final InstanceAddress ONE = InstanceAddress.of("127.0.0.1", 1001);
    private static final InstanceAddress TWO = InstanceAddress.of("127.0.0.1", 1002);

    private final AtomicLong now = new AtomicLong();
    private final Upstreams upstreams = new Upstreams(now::get);

    @Test
    void theOneWithLessInFlightGetsMore() {
        upstreams.begin(ONE);

        long toTwo = chosen(100).stream().filter(TWO::equals).count();

        assertThat(toTwo).isGreaterThan(55);
    }

    @Test
    void onlyWhatTakesCallsIsChosen() {
        List<InstanceAddress> instances = List.of(ONE.withStatus(InstanceStatus.DRAINING), TWO.withWeight(0));

        assertThat(upstreams.choose(instances, Set.of())).isNull();
    }

    @Test
    void whatRefusedAConnectionRestsForAMoment() {
        upstreams.refused(ONE);

        assertThat(new HashSet<>(chosen(50))).containsExactly(TWO);
        now.addAndGet(Upstreams.REST.toNanos());
        assertThat(new HashSet<>(chosen(50))).containsExactlyInAnyOrder(ONE, TWO);
    }

    @Test
    void whereAllRestAllAreTried() {
        upstreams.refused(ONE);
        upstreams.refused(TWO);

        assertThat(upstreams.choose(List.of(ONE, TWO), Set.of(ONE.id()))).isEqualTo(TWO);
    }

    private List<InstanceAddress> chosen(int times) {
        return java.util.stream.IntStream.range(0, times)
                .mapToObj(i -> upstreams.choose(List.of(ONE, TWO), Set.of()))
                .toList();
    }
}
