package dev.moa.registry.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class GatheringTests {
    private final Deque<Runnable> workers = new ArrayDeque<>();
    private final List<List<String>> groups = new ArrayList<>();

    @Test
    void whatComesWhileAGroupIsUnderWayIsDoneTogetherNext() {
        List<Gathering<String>> itself = new ArrayList<>();
        Gathering<String> gathering = new Gathering<>(workers::add, 1, 10, 10, String::length, group -> {
            groups.add(group);
            if (groups.size() == 1) {
                itself.get(0).add("b");
                itself.get(0).add("c");
            }
        });
        itself.add(gathering);

        gathering.add("a");
        runWorkers();

        assertThat(groups).containsExactly(List.of("a"), List.of("b", "c"));
        assertThat(workers).isEmpty();
    }

    @Test
    void noMoreRunAtOnceThanMay() {
        Gathering<String> gathering = gathering(2, 10);

        gathering.add("a");
        gathering.add("b");
        gathering.add("c");

        assertThat(workers).hasSize(2);
        runWorkers();
        gathering.add("d");
        assertThat(workers).hasSize(1);
        runWorkers();
        assertThat(groups).containsExactly(List.of("a", "b", "c"), List.of("d"));
    }

    @Test
    void groupIsBoundedByItsWeightAndHasOneAtLeast() {
        Gathering<String> gathering = gathering(1, 10);

        for (String each : List.of("four", "four", "four", "longer than a group", "x")) {
            gathering.add(each);
        }
        runWorkers();

        assertThat(groups)
                .containsExactly(
                        List.of("four", "four"), List.of("four"), List.of("longer than a group"), List.of("x"));
    }

    @Test
    void whatIsTooMuchIsRefused() {
        Gathering<String> gathering = gathering(1, 2);

        assertThat(gathering.add("a")).isTrue();
        assertThat(gathering.add("b")).isTrue();
        assertThat(gathering.add("c")).isFalse();
        runWorkers();
        assertThat(gathering.add("d")).isTrue();
    }

    @Test
    void errorInAGroupKeepsNobodyElseWaiting() {
        Gathering<String> gathering = new Gathering<>(workers::add, 1, 10, 1, String::length, group -> {
            if (group.contains("bad")) {
                throw new StackOverflowError();
            }
            groups.add(group);
        });
        gathering.add("bad");
        gathering.add("a");

        assertThatThrownBy(this::runWorkers).isInstanceOf(StackOverflowError.class);
        runWorkers();
        gathering.add("b");
        runWorkers();

        assertThat(groups).containsExactly(List.of("a"), List.of("b"));
    }

    @Test
    void whatNoWorkerTakesIsRefusedAndTheNextIsDone() {
        List<Runnable> refused = new ArrayList<>();
        Gathering<String> gathering = new Gathering<>(
                task -> {
                    if (refused.isEmpty()) {
                        refused.add(task);
                        throw new OutOfMemoryError("no thread");
                    }
                    workers.add(task);
                },
                1,
                10,
                10,
                String::length,
                groups::add);

        assertThatThrownBy(() -> gathering.add("a")).isInstanceOf(OutOfMemoryError.class);
        gathering.add("b");
        runWorkers();

        assertThat(groups).containsExactly(List.of("b"));
    }

    private Gathering<String> gathering(int runs, int maxWaiting) {
        return new Gathering<>(workers::add, runs, maxWaiting, 10, String::length, groups::add);
    }

    private void runWorkers() {
        while (!workers.isEmpty()) {
            Objects.requireNonNull(workers.poll()).run();
        }
    }
}
