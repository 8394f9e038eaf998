package dev.moa.sdk.context;

import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A place in a trace, as W3C trace context (https://www.w3.org/TR/trace-context/) writes it.
 *
 * @param traceId 32 hexadecimal digits, the same for every call of a trace
 * @param spanId 16 hexadecimal digits, one per hop
 * @param flags 2 hexadecimal digits; {@code 01} means sampled
 */
public record TraceContext(String traceId, String spanId, String flags) {

    private static final int LENGTH = 55;
    private static final String SAMPLED = "01";
    private static final String NOT_SAMPLED = "00";
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

    /** Returns the first span of a new trace, which nobody records yet. */
    public static TraceContext start() {
        return new TraceContext(randomHex(16), randomHex(8), NOT_SAMPLED);
    }

    /**
     * Returns the same place, sampled or not by its trace's id, so that all who ask with one ratio agree.
     *
     * @param ratio share of the traces that are sampled, 0 to 1
     */
    public TraceContext sampled(double ratio) {
        long random = Long.parseUnsignedLong(traceId, 16, 32, 16) >>> 1;
        return new TraceContext(traceId, spanId, random < ratio * Long.MAX_VALUE ? SAMPLED : NOT_SAMPLED);
    }

    /** Returns what {@code traceparent} says, or null if it says nothing that the standard allows. */
    public static @Nullable TraceContext parse(@Nullable String traceparent) {
        if (traceparent == null
                || traceparent.length() < LENGTH
                || (traceparent.length() > LENGTH
                        && (traceparent.charAt(LENGTH) != '-' || traceparent.startsWith("00")))
                || traceparent.startsWith("ff")
                || traceparent.charAt(2) != '-'
                || traceparent.charAt(35) != '-'
                || traceparent.charAt(52) != '-'
                || !isHex(traceparent, 0, 2)
                || !isHex(traceparent, 3, 35)
                || !isHex(traceparent, 36, 52)
                || !isHex(traceparent, 53, 55)
                || isZero(traceparent, 3, 35)
                || isZero(traceparent, 36, 52)) {
            return null;
        }
        return new TraceContext(
                traceparent.substring(3, 35), traceparent.substring(36, 52), traceparent.substring(53, 55));
    }

    /** Returns the next hop: the same trace, a new span. */
    public TraceContext next() {
        return new TraceContext(traceId, randomHex(8), flags);
    }

    /** Returns the {@code traceparent} of this place. */
    public String traceparent() {
        return "00-" + traceId + '-' + spanId + '-' + flags;
    }

    private static boolean isHex(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isZero(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) != '0') {
                return false;
            }
        }
        return true;
    }

    // ids need to be unique, not unguessable: ThreadLocalRandom, no lock
    @SuppressWarnings("deprecation") // the constructor over ASCII bytes: no decoding
    private static String randomHex(int bytes) {
        byte[] digits = new byte[bytes * 2];
        ThreadLocalRandom random = ThreadLocalRandom.current();
        for (int i = 0; i < digits.length; i += 16) {
            long bits = random.nextLong();
            // all zeroes is not an id
            bits = bits == 0 ? 1 : bits;
            for (int j = 15; j >= 0; j--) {
                digits[i + j] = HEX[(int) (bits & 15)];
                bits >>>= 4;
            }
        }
        return new String(digits, 0);
    }
}
