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
    void newcomerWarmsUp() {
        Endpoint endpoint = endpoint(10 * SECOND);

        assertThat(endpoint.weight()).isEqualTo(0.1);
        now += 5 * SECOND;
        assertThat(endpoint.weight()).isEqualTo(0.5);
        now += 5 * SECOND;
        assertThat(endpoint.weight()).isEqualTo(1);
    }

    @Test
    void ejectionEndsAndGetsLongerEachTime() {
        Endpoint endpoint = endpoint(0);

        endpoint.eject(5 * SECOND);
        now += 4 * SECOND;
        assertThat(endpoint.returns()).isFalse();
        assertThat(endpoint.isEjected()).isTrue();
        now += SECOND;
        assertThat(endpoint.returns()).isTrue();
        assertThat(endpoint.isEjected()).isFalse();
        endpoint.eject(5 * SECOND);
        now += 5 * SECOND;
        assertThat(endpoint.returns()).isFalse();
        now += 5 * SECOND;
        assertThat(endpoint.returns()).isTrue();
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

    private Endpoint endpoint(long warmUpNanos) {
        Line line = new Line(InetSocketAddress.createUnresolved("127.0.0.1", 1), ConnectionOptions.defaults(), timer);
        return new Endpoint(InstanceAddress.of("127.0.0.1", 1), line, 1_000_000, warmUpNanos, () -> now);
    }
}
