package dev.moa.protocol.server;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of the answers of one connection that are there and not written yet: their peer reads slowly, or one
 * before them is not there. Safe for many threads.
 *
 * <p>Answers up to {@value #SHORT} bytes are not counted: their number is limited. One answer may always wait, however
 * long; a further one waits while neither this connection nor the whole port holds more than it may.
 */
final class WaitingAnswers {

    static final int SHORT = 4_096;

    private final CallDesk desk;
    private final AtomicLong bytes = new AtomicLong();
    private volatile long limit;

    WaitingAnswers(CallDesk desk) {
        this.desk = desk;
        this.limit = desk.limits().maxAnswerBytesPerConnection();
    }

    /** The peer has said how much it takes: no more than that, and no more than the port has for it. */
    void peerTakes(long most) {
        limit = Math.min(most, desk.limits().maxAnswerBytesPerConnection());
    }

    long limit() {
        return limit;
    }

    /** Returns whether so much waits that nothing more should be begun. */
    boolean isHalfFull() {
        return bytes.get() > limit / 2;
    }

    /** Lets {@code length} bytes wait; returns why they cannot, or null. */
    @Nullable
    String enter(int length) {
        long before = bytes.get();
        while (before == 0 || before + length <= limit) {
            if (bytes.compareAndSet(before, before + length)) {
                return enterPort(length, before == 0);
            }
            before = bytes.get();
        }
        return "%d bytes of answers wait for this caller to read them (limit %d); ask for less at once"
                .formatted(before, limit);
    }

    private @Nullable String enterPort(int length, boolean alone) {
        if (alone) {
            desk.answersWait(length);
            return null;
        }
        if (desk.answersMayWait(length)) {
            return null;
        }
        bytes.addAndGet(-length);
        return "%d bytes of answers wait at this port for its callers to read them (limit %d); ask later"
                .formatted(desk.answersWait(0), desk.limits().maxInFlightBytes());
    }

    void leave(int length) {
        bytes.addAndGet(-length);
        desk.answersWait(-length);
    }
}
