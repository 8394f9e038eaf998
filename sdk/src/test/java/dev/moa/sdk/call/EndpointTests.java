package dev.moa.sdk.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.sdk.lookup.InstanceAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EndpointTests {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private long now = 1;

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    @Test
    void newcomerGrowsByWhatItShows() {
        Endpoint endpoint = endpoint(30 * SECOND);

        assertThat(endpoint.weight()).isEqualTo(0.08);
        answers(endpoint, 10, Outcome.SUCCESS, 900_000);
        double afterTen = endpoint.weight();
        answers(endpoint, 10, Outcome.SUCCESS, 9_000_000);
        double afterTenSlow = endpoint.weight();
        answers(endpoint, 40, Outcome.SUCCESS, 900_000);

        assertThat(afterTen).isBetween(0.15, 0.25);
        assertThat(afterTenSlow).isEqualTo(0.08);
        assertThat(endpoint.weight()).isEqualTo(1);
    }

    @Test
    void newcomerWithoutCallsIsBelievedInTheEnd() {
        Endpoint endpoint = endpoint(30 * SECOND);

        now += 29 * SECOND;
        assertThat(endpoint.weight()).isEqualTo(0.08);
        now += SECOND;
        assertThat(endpoint.weight()).isEqualTo(1);
    }

    @Test
    void ejectionEndsAndGetsLongerUpToItsLimit() {
        Endpoint endpoint = endpoint(0);

        for (long seconds : new long[] {2, 4, 6, 6}) {
            endpoint.eject(2 * SECOND, 6 * SECOND);
            now += seconds * SECOND - 1;
            assertThat(endpoint.returns()).isFalse();
            assertThat(endpoint.isEjected()).isTrue();
            now++;
            assertThat(endpoint.returns()).isTrue();
            assertThat(endpoint.isEjected()).isFalse();
        }
    }

    @Test
    void oneCallOnTrialDecidesWhetherItComesBack() {
        Endpoint endpoint = endpoint(0);
        endpoint.eject(2 * SECOND, 6 * SECOND);
        now += 2 * SECOND;
        endpoint.returns();

        boolean due = endpoint.isDue();
        endpoint.begin();
        boolean dueMeanwhile = endpoint.isDue();
        double weightMeanwhile = endpoint.weight();
        boolean ejectAgain = endpoint.end(Outcome.FAILURE, 1, 1_000_000, 5);
        endpoint.eject(2 * SECOND, 6 * SECOND);
        now += 4 * SECOND;
        endpoint.returns();
        answers(endpoint, 1, Outcome.SUCCESS, 900_000);

        assertThat(due).isTrue();
        assertThat(dueMeanwhile).isFalse();
        assertThat(weightMeanwhile).isEqualTo(0.01);
        assertThat(ejectAgain).isTrue();
        assertThat(endpoint.weight()).isEqualTo(0.25);
        assertThat(endpoint.success()).isEqualTo(1);
    }

    @Test
    void callsWithoutAnAnswerDecideNothingAndDoNotAllGoToTheOneOnTrial() {
        Endpoint endpoint = endpoint(0);
        endpoint.eject(2 * SECOND, 6 * SECOND);
        now += 2 * SECOND;
        endpoint.returns();

        boolean due = endpoint.isDue();
        answers(endpoint, 1, Outcome.SENT, 1_000);
        boolean dueAfterwards = endpoint.isDue();
        double weightAfterwards = endpoint.weight();
        answers(endpoint, 20, Outcome.SENT, 1_000);
        double weightInTheEnd = endpoint.weight();
        boolean ejectAgain = answers(endpoint, 1, Outcome.FAILURE, 1_000);

        assertThat(due).isTrue();
        assertThat(dueAfterwards).isFalse();
        assertThat(weightAfterwards).isEqualTo(0.25);
        assertThat(weightInTheEnd).isEqualTo(1);
        assertThat(ejectAgain).isTrue();
    }

    @Test
    void busyInstanceIsRepelledButNotEjected() {
        Endpoint endpoint = endpoint(0);

        boolean eject = answers(endpoint, 20, Outcome.REFUSED, 100_000);

        assertThat(eject).isFalse();
        assertThat(endpoint.success()).isLessThan(0.2);
    }

    @Test
    void callThatHadNoTimeSaysNothingByRunningOutOfIt() {
        TrackRecord record = new TrackRecord(() -> now, 10_000_000);

        record.begin();
        record.end(Outcome.TIMED_OUT, 2_000_000);
        record.begin();
        record.end(Outcome.ABANDONED, 2_000_000);
        double untouched = record.latencyNanos();
        record.begin();
        record.end(Outcome.ABANDONED, 20_000_000);

        assertThat(untouched).isEqualTo(10_000_000);
        assertThat(record.success()).isEqualTo(1);
        assertThat(record.latencyNanos()).isEqualTo(11_000_000);
    }

    @Test
    void instanceThatIsAlwaysOutrunLooksSlowerEachTime() {
        TrackRecord record = new TrackRecord(() -> now, 5_000_000);

        for (int i = 0; i < 50; i++) {
            record.begin();
            record.end(Outcome.OUTRUN, 10_000_000);
        }

        assertThat(record.latencyNanos()).isGreaterThan(50_000_000);
        assertThat(record.success()).isEqualTo(1);
        assertThat(record.inFlight()).isZero();
    }

    @Test
    void figuresFollowWhatComesInAndFadeWhenNothingDoes() {
        TrackRecord record = new TrackRecord(() -> now, 1_000_000);

        for (int i = 0; i < 30; i++) {
            record.begin();
            now += 1_000_000;
            record.end(Outcome.FAILURE, 20_000_000);
        }
        double latency = record.latencyNanos();
        double success = record.success();
        now += 10 * SECOND;

        assertThat(latency).isGreaterThan(18_000_000);
        assertThat(success).isEqualTo(0.05);
        assertThat(record.latencyNanos()).isLessThan(latency / 10);
        assertThat(record.success()).isGreaterThan(0.9);
    }

    @Test
    void instanceThatWasNotHeardOfIsDueOneCall() {
        TrackRecord record = new TrackRecord(() -> now, 1_000_000);
        record.begin();
        record.end(Outcome.SUCCESS, 500_000_000);

        now += 4 * SECOND;
        boolean due = record.isDue();
        record.begin();
        boolean dueMeanwhile = record.isDue();
        record.end(Outcome.SUCCESS, 1_000_000);

        assertThat(due).isTrue();
        assertThat(dueMeanwhile).isFalse();
        assertThat(record.latencyNanos()).isEqualTo(1_000_000);
    }

    @Test
    void oneCallWithoutAnAnswerIsEnoughForAnInstanceThatIsDue() {
        TrackRecord record = new TrackRecord(() -> now, 1_000_000);
        now += 4 * SECOND;
        boolean due = record.isDue();
        double latency = record.latencyNanos();

        record.begin();
        record.end(Outcome.SENT, 1_000);
        boolean dueAfterwards = record.isDue();
        double latencyAfterwards = record.latencyNanos();
        now += 4 * SECOND;

        assertThat(due).isTrue();
        assertThat(dueAfterwards).isFalse();
        assertThat(latencyAfterwards).isEqualTo(latency);
        assertThat(record.isDue()).isTrue();
    }

    /** Returns whether one of the outcomes should lead to an ejection. */
    private static boolean answers(Endpoint endpoint, int count, Outcome outcome, long tookNanos) {
        boolean eject = false;
        for (int i = 0; i < count; i++) {
            endpoint.begin();
            eject |= endpoint.end(outcome, tookNanos, 1_000_000, 5);
        }
        return eject;
    }

    private Endpoint endpoint(long warmUpNanos) {
        Line line =
                new Line(InetSocketAddress.createUnresolved("127.0.0.1", 1), ConnectionOptions.defaults(), null, timer);
        return new Endpoint(InstanceAddress.of("127.0.0.1", 1), line, 1_000_000, warmUpNanos, () -> now);
    }
}
