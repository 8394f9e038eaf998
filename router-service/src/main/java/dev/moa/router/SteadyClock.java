package dev.moa.router;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.function.LongSupplier;

/**
 * The time of another clock when this one was made, and from then on what the monotonic clock counts: somebody who
 * sets the machine's clock neither ends a hold early nor makes an answer an hour old.
 */
final class SteadyClock extends Clock {
    private final Clock wall;
    private final LongSupplier nanoTime;
    private final Instant start;
    private final long startNanos;

    SteadyClock(Clock wall, LongSupplier nanoTime) {
        this.wall = wall;
        this.nanoTime = nanoTime;
        this.start = wall.instant();
        this.startNanos = nanoTime.getAsLong();
    }

    @Override
    public Instant instant() {
        return start.plusNanos(nanoTime.getAsLong() - startNanos);
    }

    @Override
    public ZoneId getZone() {
        return wall.getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return new SteadyClock(
                Clock.offset(wall.withZone(zone), java.time.Duration.between(wall.instant(), instant())), nanoTime);
    }
}
