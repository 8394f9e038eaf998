package dev.moa.router.nameserver;

import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How many UDP answers each network got in this second, so that questions with forged senders cannot be turned into a
 * flood on somebody (what name servers call response rate limiting).
 *
 * <p>A fixed table: networks that share a slot share its allowance, and no number of senders takes more memory. Safe
 * for many threads.
 */
final class AnswerRate {
    private static final int SLOTS = 16_384;
    private static final int COUNT_BITS = 24;
    private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;

    // the second in the upper bits, the count in the lower
    private final AtomicLongArray slots = new AtomicLongArray(SLOTS);
    private final int maxPerSecond;

    /** What is done with one question. */
    enum Verdict {
        ANSWER,
        TRUNCATE,
        DROP
    }

    AnswerRate(int maxPerSecond) {
        this.maxPerSecond = maxPerSecond;
    }

    Verdict judge(InetAddress sender, long second) {
        if (sender.isLoopbackAddress()) {
            // who is on this machine does not forge, and is not flooded by it
            return Verdict.ANSWER;
        }
        long count = count(slot(sender), second);
        if (count <= maxPerSecond) {
            return Verdict.ANSWER;
        }
        return (count & 1) == 0 ? Verdict.TRUNCATE : Verdict.DROP;
    }

    private long count(int slot, long second) {
        while (true) {
            long before = slots.get(slot);
            boolean isNew = before >>> COUNT_BITS != second;
            long count = isNew ? 1 : Math.min(COUNT_MASK - 1, (before & COUNT_MASK) + 1);
            if (slots.compareAndSet(slot, before, second << COUNT_BITS | count)) {
                return count;
            }
        }
    }

    private static int slot(InetAddress sender) {
        byte[] address = sender.getAddress();
        int prefix = address.length == 4 ? 3 : 7;
        int hash = prefix;
        for (int i = 0; i < prefix; i++) {
            hash = hash * 31 + address[i];
        }
        hash *= 0x9e3779b9;
        return (hash >>> 16) & SLOTS - 1;
    }
}
