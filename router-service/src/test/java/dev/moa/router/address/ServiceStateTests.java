package dev.moa.router.address;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.protocol.ServiceName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }

    private static Instance instance(String id, int port) {
        return Instance.unregistered("10.0.0.1", port).withId(id);
    }
}
