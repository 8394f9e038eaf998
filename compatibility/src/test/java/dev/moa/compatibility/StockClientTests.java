package dev.moa.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StockClientTests {

    private static final StockClient CONNECTS = StockClient.of("connects", Need.NOTHING, List.of("true"));

    @Test
    void clientThatNeverComesBackIsNotAccepted() {
        assertThat(afterRestart(CONNECTS, "the second instance never answered")).isFalse();
        assertThat(afterRestart(CONNECTS, "400")).isFalse();
    }

    @Test
    void callsFailOnlyWhileNothingListens() {
        assertThat(afterRestart(CONNECTS, "0")).isTrue();
        assertThat(afterRestart(CONNECTS, "3")).isTrue();
        assertThat(afterRestart(CONNECTS, "4")).isFalse();
    }

    @Test
    void clientThatWaitsLosesNoCall() {
        assertThat(afterRestart(CONNECTS.thatWaits(), "0")).isTrue();
        assertThat(afterRestart(CONNECTS.thatWaits(), "1")).isFalse();
    }

    private static boolean afterRestart(StockClient client, String failed) {
        return client.accepts("restart", client.restarted(failed, 3));
    }
}
