package dev.moa.registry.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.protocol.ServiceName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SuccessionTests {
    private static final String PREFIX = prefix();

    @Test
    void earlierOnesAtAnAddressArePairedWithTheLatestThatHasALease() {
        Instance first = instance("first", 1, 7001, 10);
        Instance second = instance("second", 2, 7001, 10);
        Instance latest = instance("latest", 3, 7001, 10);
        Instance probedOnly = instance("probed", 4, 7001, null);
        Instance elsewhere = instance("elsewhere", 5, 7002, 10);

        Succession found = Succession.of(snapshot(List.of(latest, elsewhere, first, probedOnly, second), Map.of()), 5);

        assertThat(found.upTo()).isEqualTo(5);
        assertThat(found.pairs())
                .containsExactly(
                        new Succession.Pair(lease(first), lease(latest)),
                        new Succession.Pair(lease(second), lease(latest)));
    }

    @Test
    void ofTooManyThoseWhoseLeaseEndsFirstAreTakenAndTheOthersLookedForAgain() {
        List<Instance> all = new ArrayList<>();
        Map<String, Long> ends = new HashMap<>();
        for (int i = 0; i < 1_001; i++) {
            Instance old = instance("old" + i, 1 + i, 7001 + i, 10);
            all.add(old);
            all.add(instance("new" + i, 2_000 + i, 7001 + i, 10));
            ends.put(old.id(), 5_000L - i);
        }

        Succession found = Succession.of(snapshot(all, ends), 4_000);

        assertThat(found.upTo()).isEqualTo(Succession.NONE);
        assertThat(found.pairs())
                .hasSize(1_000)
                .noneMatch(pair -> pair.earlier().id().value().equals(PREFIX + "old0"));
    }

    private static ServiceSnapshot snapshot(List<Instance> instances, Map<String, Long> ends) {
        return new ServiceSnapshot("/service/user", "e", 1, 1, instances, ends);
    }

    private static Lease lease(Instance instance) {
        return new Lease(InstanceId.parse(instance.id()), instance.incarnation());
    }

    private static Instance instance(String unique, long incarnation, int port, @Nullable Integer ttlSeconds) {
        return new Instance(
                PREFIX + unique,
                incarnation,
                "/service/user",
                "127.0.0.1",
                port,
                new TreeSet<>(),
                100,
                null,
                null,
                new TreeMap<>(),
                new TreeMap<>(),
                null,
                null,
                InstanceStatus.UP,
                ttlSeconds,
                1,
                false,
                ChangeReason.REGISTERED);
    }

    private static String prefix() {
        String id = InstanceId.create(ServiceName.of("/service/user")).value();
        return id.substring(0, id.indexOf('.') + 1);
    }
}
