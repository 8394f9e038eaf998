package dev.moa.monitor.minute;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SeenReportsTests {

    @Test
    void eachReportIsNewOnce() {
        SeenReports seen = new SeenReports();

        assertThat(seen.mark(1, 0)).isTrue();
        assertThat(seen.mark(3, 0)).isTrue();
        assertThat(seen.mark(2, 0)).isTrue();
        assertThat(seen.mark(2, 0)).isFalse();
        assertThat(seen.mark(1_000, 0)).isTrue();
        assertThat(seen.mark(999, 0)).isTrue();
        assertThat(seen.mark(3, 0)).as("older than the window").isFalse();
    }

    @Test
    void anyOrderWithinTheWindowIsCountedOnceAlsoAfterARestart() {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            SeenReports seen = new SeenReports();
            Set<Long> marked = new HashSet<>();
            long highest = 0;

            for (int i = 0; i < 2_000; i++) {
                long seq = Math.max(1, highest + random.nextInt(400) - 300);
                highest = Math.max(highest, seq);

                assertThat(seen.mark(seq, i)).as("seed %d, seq %d", seed, seq).isEqualTo(marked.add(seq));
                if (random.nextInt(50) == 0) {
                    seen = SeenReports.decode(seen.encode());
                }
            }
            assertThat(seen.lastSeenMs()).isEqualTo(1_999);
        }
    }
}
