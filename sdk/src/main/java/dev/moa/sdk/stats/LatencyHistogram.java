package dev.moa.sdk.stats;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * How long calls took: counts in buckets that are the same in every process, so that merging is adding.
 *
 * <p>Layout {@value #LAYOUT}: nanoseconds; values below 128 have a bucket each, above that every octave (a
 * doubling) is cut into 64 equal buckets. A percentile is the middle of its bucket, so it is at most 1/128 =
 * 0.78 % off. The last bucket ends at 2^40 ns (18 minutes) and takes everything longer; the maximum and the
 * sum beside the buckets are exact.
 *
 * <p>On the wire, unpadded base64 of: one byte layout, then unsigned LEB128 numbers: sum, maximum, and for each
 * bucket that is not empty, in rising order, the number of empty buckets skipped and the count.
 *
 * <p>Not safe for many threads. {@link MethodStatistics} is what calls are recorded with.
 */
public final class LatencyHistogram {

    /** The version of the layout, first byte of every encoded histogram. */
    public static final int LAYOUT = 1;

    /** Buckets in the layout. */
    public static final int BUCKETS = 35 * 64;

    /** The most bytes that an encoded histogram can take: a count of up to 9 bytes and a gap for each bucket. */
    public static final int MAX_ENCODED_BYTES = 1 + 2 * 9 + BUCKETS * 10;

    static final int SUB_BUCKET_BITS = 6;
    private static final int SUB_BUCKETS = 1 << SUB_BUCKET_BITS;
    private static final long LARGEST = (1L << 40) - 1;
    // counts past this are a mistake of the peer, and would let sums of them overflow
    private static final long MAX_COUNT = 1L << 48;

    // the buckets from 'first' on; a method's calls lie in a few octaves, so the window stays small
    private long[] window = new long[0];
    private int first;
    private long count;
    private long sum;
    private long max;

    /** Returns the bucket of a time. */
    static int bucketOf(long nanos) {
        if (nanos < 2 * SUB_BUCKETS) {
            return nanos < 0 ? 0 : (int) nanos;
        }
        long value = Math.min(nanos, LARGEST);
        int shift = 63 - Long.numberOfLeadingZeros(value) - SUB_BUCKET_BITS;
        return (shift << SUB_BUCKET_BITS) + (int) (value >>> shift);
    }

    /** Returns the least time that falls into a bucket, in nanoseconds. */
    static long lowerBound(int bucket) {
        if (bucket < 2 * SUB_BUCKETS) {
            return bucket;
        }
        int shift = (bucket >>> SUB_BUCKET_BITS) - 1;
        return (long) (bucket - (shift << SUB_BUCKET_BITS)) << shift;
    }

    private static long middle(int bucket) {
        return lowerBound(bucket) + (lowerBound(bucket + 1) - lowerBound(bucket)) / 2;
    }

    /** Adds one call that took {@code nanos} nanoseconds; less than 0 counts as 0. */
    public void record(long nanos) {
        long value = Math.max(0, nanos);
        addToBucket(bucketOf(value), 1);
        sum += value;
        max = Math.max(max, value);
    }

    /** Adds everything that {@code other} has counted. */
    public void add(LatencyHistogram other) {
        for (int i = 0; i < other.window.length; i++) {
            if (other.window[i] != 0) {
                addToBucket(other.first + i, other.window[i]);
            }
        }
        addTotals(other.sum, other.max);
    }

    /** Adds {@code times} calls in one bucket; the caller adds their {@link #addTotals totals}. */
    void addToBucket(int bucket, long times) {
        if (window.length == 0) {
            first = bucket & -SUB_BUCKETS;
            window = new long[SUB_BUCKETS];
        } else if (bucket < first) {
            int newFirst = bucket & -SUB_BUCKETS;
            long[] wider = new long[window.length + first - newFirst];
            System.arraycopy(window, 0, wider, first - newFirst, window.length);
            window = wider;
            first = newFirst;
        } else if (bucket >= first + window.length) {
            window = Arrays.copyOf(window, (bucket & -SUB_BUCKETS) + SUB_BUCKETS - first);
        }
        window[bucket - first] += times;
        count += times;
    }

    void addTotals(long moreSum, long otherMax) {
        long total = sum + moreSum;
        sum = total < 0 ? Long.MAX_VALUE : total;
        max = Math.max(max, otherMax);
    }

    /** Returns how many calls were counted. */
    public long count() {
        return count;
    }

    /** Returns whether nothing was counted. */
    public boolean isEmpty() {
        return count == 0;
    }

    /** Returns the time of all calls together, in nanoseconds. */
    public long sumNanos() {
        return sum;
    }

    /** Returns the longest time, exactly, in nanoseconds; 0 if nothing was counted. */
    public long maxNanos() {
        return max;
    }

    /**
     * Returns the time that a share of the calls did not exceed, in nanoseconds: the call of rank
     * {@code ceil(share * count)} (nearest rank), at most 0.78 % off. 0 if nothing was counted.
     *
     * @param share 0 to 1, for example 0.99
     */
    public long percentileNanos(double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("share: %s (expected: 0 to 1)".formatted(share));
        }
        if (count == 0) {
            return 0;
        }
        long rank = Math.max(1, (long) Math.ceil(share * count));
        long seen = 0;
        int last = 0;
        for (int i = 0; i < window.length; i++) {
            if (window[i] == 0) {
                continue;
            }
            last = first + i;
            seen += window[i];
            if (seen >= rank) {
                break;
            }
        }
        // nothing is longer than the longest; and the open last bucket has no better middle than that
        return last >= bucketOf(max) ? Math.min(middleOrMax(last), max) : middle(last);
    }

    private long middleOrMax(int bucket) {
        return bucket == BUCKETS - 1 ? max : middle(bucket);
    }

    /** Returns how many calls took no longer than {@code nanos} nanoseconds, to the width of a bucket. */
    public long countUpTo(long nanos) {
        int limit = bucketOf(nanos);
        long seen = 0;
        for (int i = 0; i < window.length && first + i <= limit; i++) {
            seen += window[i];
        }
        return seen;
    }

    /** Returns the encoded form. */
    public byte[] encode() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(64);
        out.write(LAYOUT);
        writeNumber(out, sum);
        writeNumber(out, max);
        int next = 0;
        for (int i = 0; i < window.length; i++) {
            if (window[i] != 0) {
                writeNumber(out, first + i - next);
                writeNumber(out, window[i]);
                next = first + i + 1;
            }
        }
        return out.toByteArray();
    }

    /** Returns the encoded form as text, as it stands in a report. */
    @JsonValue
    public String encodeText() {
        return Base64.getEncoder().withoutPadding().encodeToString(encode());
    }

    /** @throws IllegalArgumentException if {@code text} is not an encoded histogram of this layout */
    @JsonCreator
    public static LatencyHistogram decodeText(String text) {
        if (text.length() > MAX_ENCODED_BYTES * 4L / 3 + 4) {
            throw new IllegalArgumentException("latency: %d characters (expected: at most %d bytes as base64)"
                    .formatted(text.length(), MAX_ENCODED_BYTES));
        }
        return decode(Base64.getDecoder().decode(text));
    }

    /** @throws IllegalArgumentException if {@code bytes} are not an encoded histogram of this layout */
    public static LatencyHistogram decode(byte[] bytes) {
        if (bytes.length == 0 || bytes[0] != LAYOUT) {
            throw new IllegalArgumentException("latency: layout %s (expected: %d; report with an sdk of this version)"
                    .formatted(bytes.length == 0 ? "none" : bytes[0], LAYOUT));
        }
        Reader in = new Reader(bytes);
        LatencyHistogram histogram = new LatencyHistogram();
        histogram.sum = in.number();
        histogram.max = in.number();
        long bucket = -1;
        while (in.hasMore()) {
            bucket += in.number() + 1;
            long times = in.number();
            if (bucket < 0 || bucket >= BUCKETS) {
                throw new IllegalArgumentException(
                        "latency: bucket %d (expected: 0 to %d)".formatted(bucket, BUCKETS - 1));
            }
            if (times < 1 || times > MAX_COUNT || histogram.count + times > MAX_COUNT) {
                throw new IllegalArgumentException(
                        "latency: count %d (expected: 1 to %d in all)".formatted(times, MAX_COUNT));
            }
            histogram.addToBucket((int) bucket, times);
        }
        return histogram;
    }

    private static void writeNumber(ByteArrayOutputStream out, long value) {
        long rest = value;
        while (rest > 0x7f) {
            out.write((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    private static final class Reader {
        private final byte[] bytes;
        private int position = 1;

        Reader(byte[] bytes) {
            this.bytes = bytes;
        }

        boolean hasMore() {
            return position < bytes.length;
        }

        long number() {
            long value = 0;
            for (int shift = 0; shift < 63; shift += 7) {
                if (position == bytes.length) {
                    throw new IllegalArgumentException("latency: ends after %d bytes, in a number".formatted(position));
                }
                byte b = bytes[position++];
                value |= (long) (b & 0x7f) << shift;
                if (b >= 0) {
                    return value;
                }
            }
            throw new IllegalArgumentException(
                    "latency: number at byte %d is longer than 9 bytes".formatted(position - 9));
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LatencyHistogram that && Arrays.equals(encode(), that.encode());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(encode());
    }

    @Override
    public String toString() {
        return "%d calls, p50 %d ns, p99 %d ns, max %d ns"
                .formatted(count, percentileNanos(0.5), percentileNanos(0.99), max);
    }
}
