package dev.moa.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SteadyClockTests {

    @Test
    void itGoesOnWithTheMonotonicClockWhateverTheWallClockSays() {
        Instant noon = Instant.parse("2026-01-01T12:00:00Z");
        AtomicLong nanos = new AtomicLong(7);
        // a wall clock that stands still, as one that was set back does
        SteadyClock clock = new SteadyClock(Clock.fixed(noon, ZoneOffset.UTC), nanos::get);

        nanos.addAndGet(90_000_000_000L);

        assertThat(clock.instant()).isEqualTo(noon.plusSeconds(90));
        assertThat(clock.withZone(ZoneOffset.ofHours(1)).instant()).isEqualTo(noon.plusSeconds(90));
    }
}
