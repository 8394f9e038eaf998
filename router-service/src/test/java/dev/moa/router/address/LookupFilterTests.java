package dev.moa.router.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LookupFilterTests {
    private static final Instance BASE = instance("base", Map.of(), InstanceStatus.UP);
    private static final Instance BLUE = instance("blue", Map.of("lane", "blue"), InstanceStatus.UP);
    private static final Instance DRAINING = instance("left", Map.of("lane", "blue"), InstanceStatus.DRAINING);

    @Test
    void firstLaneThatHasAnybodyWhoIsUpIsChosen() {
        assertThat(listed("blue|base", BASE, BLUE, DRAINING)).containsExactly("blue");
        assertThat(listed("blue|base", BASE, DRAINING)).containsExactly("base");
        assertThat(listed("base", BASE, BLUE)).containsExactly("base");
        assertThat(listed("red | *", BASE, BLUE)).containsExactly("base", "blue");
        assertThat(listed("red", BASE, BLUE)).isEmpty();
        assertThat(listed("red|blue", BASE)).isEmpty();
    }

    @Test
    void laneIsChosenAmongThoseWhomTheRestOfTheFilterAccepts() {
        LookupFilter elsewhere = new LookupFilter("z9", null, Map.of(), false).ofLanes("blue|base");

        assertThat(List.of(BASE, BLUE).stream().filter(elsewhere.chosenAmong(List.of(BASE, BLUE))::accepts))
                .isEmpty();
        assertThat(LookupFilter.CALLABLE
                        .ofLanes("blue|base")
                        .chosenAmong(List.of(BASE, BLUE))
                        .whyNot(BASE))
                .isEqualTo("tag lane is null, the lane is blue");
    }

    @Test
    void whatIsNoListOfLanesIsRefused() {
        assertThatThrownBy(() -> LookupFilter.CALLABLE.ofLanes("blue||base"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'blue||base' (expected: at most 32 lanes");
        assertThat(LookupFilter.CALLABLE.ofLanes(" ")).isEqualTo(LookupFilter.CALLABLE);
    }

    private static List<String> listed(String lanes, Instance... instances) {
        LookupFilter filter = LookupFilter.CALLABLE.ofLanes(lanes).chosenAmong(List.of(instances));
        return List.of(instances).stream()
                .filter(filter::accepts)
                .map(Instance::id)
                .toList();
    }

    private static Instance instance(String id, Map<String, String> tags, InstanceStatus status) {
        return new Instance(id, 1, "10.0.0.1", 7001, List.of("moa"), 100, null, null, tags, Map.of(), status, false);
    }
}
