package dev.moa.router.address;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.protocol.ServiceName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ServiceStateTests {
    private static final ServiceName USER = ServiceName.of("/service/user");

    @Test
    void instancesAreFoundByIdAndSortedByIt() {
        List<Instance> given = List.of(instance("c", 3), instance("a", 1), instance("b", 2));

        ServiceState state = ServiceState.of(USER, "epoch", 7, given);

        assertThat(state.instances().keySet()).containsExactly("a", "b", "c");
        assertThat(state.instances().values()).extracting(Instance::port).containsExactly(1, 2, 3);
        assertThat(state.instances().get("b")).isEqualTo(instance("b", 2));
        assertThat(state.instances().get("bb")).isNull();
        assertThat(state.instances().containsKey("c")).isTrue();
        assertThat(state.instances())
                .isEqualTo(new TreeMap<>(state.instances()))
                .hasSize(3);
    }

    @Test
    void ofTwoWithOneIdTheLaterCounts() {
        ServiceState state = ServiceState.of(USER, "epoch", 7, List.of(instance("a", 1), instance("a", 2)));

        assertThat(state.instances()).isEqualTo(Map.of("a", instance("a", 2)));
    }

    @Test
    void equalStatesAreEqualAndSayTheSame() {
        ServiceState one = ServiceState.of(USER, "epoch", 7, List.of(instance("a", 1), instance("b", 2)));
        ServiceState other = ServiceState.of(USER, "epoch", 7, List.of(instance("b", 2), instance("a", 1)));

        assertThat(one).isEqualTo(other).hasSameHashCodeAs(other);
        assertThat(ServiceView.of(one).json("live", 5, LookupFilter.CALLABLE))
                .isEqualTo(ServiceView.of(other).json("live", 5, LookupFilter.CALLABLE));
    }

    @Test
    void anAnswerIsMadeForEachAgeAndFilter() {
        ServiceView view = ServiceView.of(ServiceState.of(USER, "epoch", 7, List.of(instance("a", 1))));
        LookupFilter elsewhere = new LookupFilter("zone-b", null, Map.of(), false);

        assertThat(view.json("live", 5, LookupFilter.CALLABLE)).isSameAs(view.json("live", 5, LookupFilter.CALLABLE));
        assertThat(text(view.json("live", 6, LookupFilter.CALLABLE))).contains("\"ageMs\":6");
        assertThat(text(view.json("live", 6, elsewhere))).contains("\"instances\":[]");
        assertThat(text(view.json("snapshot", 6, elsewhere))).contains("\"source\":\"snapshot\"");
    }

    @Test
    void whatClientsChooseIsKeptWithinBounds() {
        List<Instance> many = IntStream.range(0, 200)
                .mapToObj(i -> new Instance(
                        "id" + i,
                        0,
                        "10.0.0.1",
                        1_000 + i,
                        List.of("moa"),
                        100,
                        null,
                        null,
                        everybody(63).tags(),
                        Map.of(),
                        InstanceStatus.UP,
                        false))
                .toList();
        ServiceView view = ServiceView.of(ServiceState.of(USER, "epoch", 7, many));
        LookupFilter tooLong = new LookupFilter(null, null, Map.of("x".repeat(300), "y"), true);

        for (int i = 0; i < 64; i++) {
            view.json("live", 5, new LookupFilter("zone-" + i, null, Map.of(), true));
        }
        assertThat(text(view.json("live", 5, tooLong))).contains("\"instances\":[]");
        assertThat(view.derivedCount()).isEqualTo(64);

        for (int i = 0; i < 64; i++) {
            view.json("live", 5, everybody(i));
        }
        assertThat(view.json("live", 5, everybody(63)).length).isGreaterThan(20_000);
        assertThat(view.derivedCount()).isBetween(1, 20);
    }

    @Test
    void whatIsDerivedIsKeptWithinBytes() {
        ServiceView view = ServiceView.of(ServiceState.of(USER, "epoch", 7, List.of(instance("u1", 6001))));

        int made = 0;
        for (int i = 0; i < 30; i++) {
            made += view.derived("filter " + i, byte[].class, same -> new byte[4_000], bytes -> bytes.length).length;
        }

        assertThat(made).isEqualTo(120_000);
        assertThat(view.derivedCount()).isBetween(1, 4);
    }

    // tags that all of them have: the longest lists that a filter can ask for
    private static LookupFilter everybody(int number) {
        Map<String, String> tags = new TreeMap<>();
        for (int bit = 0; bit < 6; bit++) {
            if ((number >> bit & 1) == 1) {
                tags.put("t" + bit, "x");
            }
        }
        return new LookupFilter(null, null, tags, true);
    }

    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }

    private static Instance instance(String id, int port) {
        return Instance.unregistered("10.0.0.1", port).withId(id);
    }
}
