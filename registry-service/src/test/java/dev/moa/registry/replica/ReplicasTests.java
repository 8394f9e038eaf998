package dev.moa.registry.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReplicasTests {
    private static final List<String> KEYS =
            IntStream.range(0, 3_000).mapToObj(i -> "instance-" + i).toList();

    @Test
    void instancesAreSharedOutEvenly() {
        List<String> replicas = List.of("a", "b", "c");

        Map<String, Long> share = KEYS.stream()
                .collect(Collectors.groupingBy(key -> Replicas.owner(key, replicas), Collectors.counting()));

        assertThat(share.keySet()).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(share.values()).allSatisfy(count -> assertThat(count).isBetween(800L, 1_200L));
    }

    @Test
    void onlyWhatTheDeadOneLookedAfterMoves() {
        List<String> before = List.of("a", "b", "c");
        List<String> after = List.of("a", "c");

        assertThat(KEYS).allSatisfy(key -> {
            String owner = Replicas.owner(key, before);
            if (!owner.equals("b")) {
                assertThat(Replicas.owner(key, after)).isEqualTo(owner);
            }
        });
    }
}
