package dev.moa.sdk.call;

import dev.moa.sdk.balance.Candidate;
import dev.moa.sdk.lookup.InstanceAddress;
import java.util.function.LongSupplier;

/** One instance of one service, as this client sees it: where it is, how it has answered, whether it is ejected. */
final class Endpoint implements Candidate {

    private static final double LEAST_SHARE = 0.1;
    private static final long LONGEST_EJECTION_NANOS = 60_000_000_000L;

    private final Line line;
    private final TrackRecord record;
    private final LongSupplier nanoClock;
    private final long warmFrom;
    private final long warmUpNanos;
    private volatile boolean warm;
    private volatile InstanceAddress address;
    private volatile boolean ejected;
    private long ejectedUntil;
    private int ejections;

    /** @param warmUpNanos time until it gets its full share; 0 means at once */
    Endpoint(InstanceAddress address, Line line, double latencyNanos, long warmUpNanos, LongSupplier nanoClock) {
        this.address = address;
        this.line = line;
        this.record = new TrackRecord(nanoClock, latencyNanos);
        this.nanoClock = nanoClock;
        this.warmFrom = nanoClock.getAsLong();
        this.warmUpNanos = warmUpNanos;
        this.warm = warmUpNanos == 0;
    }

    Line line() {
        return line;
    }

    TrackRecord record() {
        return record;
    }

    /** Takes over what the directory says of the same registration of the same instance. */
    void describe(InstanceAddress newAddress) {
        address = newAddress;
    }

    boolean isSame(InstanceAddress other) {
        InstanceAddress own = address;
        return own.id().equals(other.id())
                && own.incarnation() == other.incarnation()
                && own.port() == other.port()
                && own.host().equals(other.host());
    }

    boolean isEjected() {
        return ejected;
    }

    /** Takes the instance out for {@code firstNanos}, doubled each time. */
    synchronized void eject(long firstNanos) {
        ejectedUntil = nanoClock.getAsLong() + Math.min(LONGEST_EJECTION_NANOS, firstNanos << Math.min(ejections, 10));
        ejections++;
        ejected = true;
    }

    /** Returns whether an ejection has ended since the last look. */
    synchronized boolean returns() {
        if (ejected && nanoClock.getAsLong() - ejectedUntil >= 0) {
            ejected = false;
            record.forgive();
            return true;
        }
        return false;
    }

    /** A call succeeded: what was held against it wears off. */
    void vindicate() {
        if (ejections > 0 && !ejected) {
            synchronized (this) {
                ejections = Math.max(0, ejections - 1);
            }
        }
    }

    InstanceView view() {
        return new InstanceView(
                address, line.ready() != null, ejected, inFlight(), latencyNanos() / 1e6, success(), weight());
    }

    @Override
    public InstanceAddress address() {
        return address;
    }

    @Override
    public int inFlight() {
        return record.inFlight();
    }

    @Override
    public double latencyNanos() {
        return record.latencyNanos();
    }

    @Override
    public double success() {
        return record.success();
    }

    @Override
    public double weight() {
        double full = address.weight() / (double) InstanceAddress.DEFAULT_WEIGHT;
        if (warm) {
            return full;
        }
        double share = (nanoClock.getAsLong() - warmFrom) / (double) warmUpNanos;
        if (share >= 1) {
            warm = true;
            return full;
        }
        return full * Math.max(LEAST_SHARE, share);
    }

    @Override
    public String toString() {
        return address.id() + " at " + line;
    }
}
