package dev.moa.sdk.call;

import dev.moa.sdk.balance.Candidate;
import dev.moa.sdk.lookup.InstanceAddress;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One instance of one service, as this client sees it: where it is, how it has answered, what it may get.
 *
 * <p>A newcomer starts with a twelfth of its share and gets more with each good answer; one that is slow (its code is not
 * compiled yet, its caches are empty) stays small until it is not. An instance that failed too often in a row is
 * ejected: it gets nothing for a while, then one call on trial. If that succeeds it starts again with a quarter of its
 * share, else it is ejected for twice as long. A call without an answer does not decide that: from then on it gets a
 * quarter of its share, and more with each of them that leaves, until an answer comes.
 *
 * <p>Safe for many threads: transitions under the endpoint's lock, figures without one. Two answers that come at the
 * same moment may count as one for the share.
 */
public final class Endpoint implements Candidate {

    private static final double FIRST_SHARE = 0.08;
    private static final double SHARE_AFTER_TRIAL = 0.25;
    /** What an instance gets beside its one call on trial, from balancers that go by weight alone. */
    private static final double SHARE_ON_TRIAL = 0.01;

    private static final double GROWTH = 1.1;
    private static final double SHRINKING = 0.9;
    /** An answer is good if it took at most this much of what is usual among the peers. */
    private static final double GOOD_FACTOR = 2;

    private final @Nullable Line line;
    private final TrackRecord record;
    private final LongSupplier nanoClock;
    private final long appearedAt;
    private final long warmUpNanos;
    private volatile InstanceAddress address;
    private volatile double share;
    private volatile boolean lastWasSlow;
    private volatile boolean ejected;
    private volatile boolean onTrial;
    /** Whether a call without an answer has left for it while on trial. */
    private volatile boolean sentOnTrial;

    private volatile long ejectedUntil;
    private int ejections;

    /**
     * @param line how it is reached; null in simulations, where it always is
     * @param warmUpNanos time after which it gets its full share unless it has shown to be slow; 0 means at once
     */
    Endpoint(
            InstanceAddress address,
            @Nullable Line line,
            double latencyNanos,
            long warmUpNanos,
            LongSupplier nanoClock) {
        this.address = address;
        this.line = line;
        this.record = new TrackRecord(nanoClock, latencyNanos);
        this.nanoClock = nanoClock;
        this.appearedAt = nanoClock.getAsLong();
        this.warmUpNanos = warmUpNanos;
        this.share = warmUpNanos == 0 ? 1 : FIRST_SHARE;
    }

    Line line() {
        if (line == null) {
            throw new IllegalStateException(address.id() + " is simulated (expected: one that can be reached)");
        }
        return line;
    }

    boolean isReady() {
        return line == null || line.ready() != null;
    }

    boolean isWorthTrying() {
        return line == null || line.isWorthTrying();
    }

    void warm() {
        if (line != null) {
            line.warm();
        }
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
                && own.speaksTls() == other.speaksTls()
                && own.host().equals(other.host());
    }

    /** A call goes out to it. */
    public void begin() {
        record.begin();
    }

    /** A call that went out to it has ended; returns whether it should be ejected. */
    boolean end(Outcome outcome, long tookNanos, double usualNanos, int ejectAfter) {
        int failures = record.end(outcome, tookNanos);
        switch (outcome) {
            case SUCCESS -> succeeded(tookNanos <= usualNanos * GOOD_FACTOR);
            case REFUSED -> onTrial = false;
            case FAILURE, TIMED_OUT -> {
                share = share < 1 ? Math.max(FIRST_SHARE, share * SHRINKING) : share;
                return !ejected && (onTrial || failures >= ejectAfter);
            }
            case SENT -> sent();
            case OUTRUN -> outrun();
            case ABANDONED, UNKNOWN -> {}
        }
        return false;
    }

    private void sent() {
        if (onTrial) {
            share = sentOnTrial ? Math.min(1, share * GROWTH) : Math.min(share, SHARE_AFTER_TRIAL);
            sentOnTrial = true;
        }
    }

    private void outrun() {
        lastWasSlow = true;
        if (share < 1 && !onTrial) {
            share = Math.max(FIRST_SHARE, share * SHRINKING);
        }
    }

    private void succeeded(boolean good) {
        if (lastWasSlow == good) {
            lastWasSlow = !good;
        }
        if (onTrial) {
            acquit();
        } else if (share < 1) {
            share = good ? Math.min(1, share * GROWTH) : Math.max(FIRST_SHARE, share * SHRINKING);
        } else if (ejections > 0 && !ejected) {
            vindicate();
        }
    }

    private synchronized void acquit() {
        if (onTrial) {
            onTrial = false;
            share = Math.min(share, SHARE_AFTER_TRIAL);
            record.forgive();
        }
    }

    /** What was held against it wears off. */
    private synchronized void vindicate() {
        ejections = Math.max(0, ejections - 1);
    }

    boolean isEjected() {
        return ejected;
    }

    /** Takes the instance out for {@code firstNanos}, doubled each time up to {@code longestNanos}. */
    synchronized void eject(long firstNanos, long longestNanos) {
        ejectedUntil = nanoClock.getAsLong() + Math.min(longestNanos, firstNanos << Math.min(ejections, 10));
        ejections++;
        onTrial = false;
        ejected = true;
    }

    /** Returns whether an ejection has ended since the last look; the instance is on trial then. */
    synchronized boolean returns() {
        if (ejected && nanoClock.getAsLong() - ejectedUntil >= 0) {
            ejected = false;
            sentOnTrial = false;
            onTrial = true;
            return true;
        }
        return false;
    }

    /** Returns how it looks now. */
    InstanceView view(double score) {
        return new InstanceView(
                address,
                standing(),
                ejected ? Math.max(0, ejectedUntil - nanoClock.getAsLong()) / 1_000_000 : 0,
                inFlight(),
                latencyNanos() / 1e6,
                success(),
                weight(),
                score);
    }

    private InstanceView.Standing standing() {
        if (!address.isCallable()) {
            return InstanceView.Standing.LEAVING;
        }
        if (ejected) {
            return InstanceView.Standing.EJECTED;
        }
        if (!isReady()) {
            return InstanceView.Standing.NOT_CONNECTED;
        }
        if (onTrial) {
            return InstanceView.Standing.ON_TRIAL;
        }
        return share() < 1 ? InstanceView.Standing.WARMING_UP : InstanceView.Standing.CALLABLE;
    }

    private double share() {
        double now = share;
        if (now < 1 && isOldEnough() && !onTrial && ejections() == 0) {
            share = 1;
            return 1;
        }
        return now;
    }

    private boolean isOldEnough() {
        return !lastWasSlow && nanoClock.getAsLong() - appearedAt >= warmUpNanos;
    }

    private synchronized int ejections() {
        return ejections;
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
        if (onTrial) {
            if (sentOnTrial) {
                return full * share;
            }
            return record.inFlight() == 0 ? full : full * SHARE_ON_TRIAL;
        }
        return full * share();
    }

    @Override
    public boolean isDue() {
        return onTrial ? record.inFlight() == 0 && !sentOnTrial : record.isDue();
    }

    @Override
    public String toString() {
        return address.id() + " at " + (line == null ? "nowhere" : line.toString());
    }
}
