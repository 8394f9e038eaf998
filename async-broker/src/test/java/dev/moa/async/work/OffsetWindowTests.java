package dev.moa.async.work;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OffsetWindowTests {
    private final OffsetWindow<String> window = new OffsetWindow<>(10);

    @Test
    void onlyTheSafePrefixMayBeCommitted() {
        window.add(10, "a");
        window.add(11, "b");
        window.add(12, "c");

        window.settle(11);
        window.settle(12);

        assertThat(window.committable()).isEqualTo(10);
        assertThat(window.span()).isEqualTo(3);

        window.settle(10);

        assertThat(window.committable()).isEqualTo(13);
        assertThat(window.span()).isZero();
    }

    @Test
    void gapsOfTheLogNeedNothing() {
        window.skip(17);
        window.add(20, "a");

        assertThat(window.committable()).isEqualTo(20);
        assertThat(window.next()).isEqualTo(21);
    }

    @Test
    void settlingTwiceOrSomethingUnknownChangesNothing() {
        window.add(10, "a");
        window.settle(10);
        window.settle(10);
        window.settle(99);

        assertThat(window.committable()).isEqualTo(11);
    }

    @Test
    void oldestComeInOrder() {
        window.add(10, "a");
        window.add(11, "b");
        window.add(12, "c");
        window.settle(10);

        assertThat(window.oldest(2)).containsExactly("b", "c");
        assertThat(window.unsafeCount()).isEqualTo(2);
    }
}
