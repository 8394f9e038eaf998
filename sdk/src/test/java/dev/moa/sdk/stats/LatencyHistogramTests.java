package dev.moa.sdk.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LatencyHistogramTests {
    private static final double[] SHARES = {0, 0.01, 0.5, 0.9, 0.99, 0.999, 1};

    @Test
    void percentilesAreAtMostOneIn128Off() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            long[] times = anyTimes(random, 1 + random.nextInt(2_000));
            LatencyHistogram histogram = recorded(times);

            Arrays.sort(times);

            for (double share : SHARES) {
                long exact = times[(int) Math.max(0, Math.ceil(share * times.length) - 1)];
                assertThat(Math.abs(histogram.percentileNanos(share) - exact))
                        .as("seed %d, share %s of %d, exact %d", seed, share, times.length, exact)
                        .isLessThanOrEqualTo((long) Math.ceil(exact / 128.0));
            }
        }
    }

    @Test
    void bucketsFollowEachOtherWithoutGap() {
        for (int bucket = 0; bucket < LatencyHistogram.BUCKETS; bucket++) {
            long low = LatencyHistogram.lowerBound(bucket);

            assertThat(LatencyHistogram.bucketOf(low)).isEqualTo(bucket);
            assertThat(LatencyHistogram.bucketOf(Math.max(0, low - 1))).isEqualTo(Math.max(0, bucket - 1));
        }
    }

    @Test
    void mergingIsRecordingTogether() {
        for (int seed = 0; seed < 100; seed++) {
            Random random = new Random(seed);
            long[] some = anyTimes(random, random.nextInt(500));
            long[] others = anyTimes(random, random.nextInt(500));
            long[] all = Arrays.copyOf(some, some.length + others.length);
            System.arraycopy(others, 0, all, some.length, others.length);

            LatencyHistogram merged = recorded(others);
            merged.add(recorded(some));

            assertThat(merged).isEqualTo(recorded(all));
            assertThat(merged.count()).isEqualTo(all.length);
        }
    }

    @Test
    void comesBackFromItsText() {
        for (int seed = 0; seed < 100; seed++) {
            LatencyHistogram histogram = recorded(anyTimes(new Random(seed), seed * 7));

            LatencyHistogram back = LatencyHistogram.decodeText(histogram.encodeText());

            assertThat(back).isEqualTo(histogram);
            assertThat(back.sumNanos()).isEqualTo(histogram.sumNanos());
            assertThat(back.maxNanos()).isEqualTo(histogram.maxNanos());
        }
    }

    @Test
    void theEncodingIsFrozen() {
        LatencyHistogram histogram = recorded(new long[] {1, 1, 130, 1_000_000});

        // layout 1; sum 1,000,132; max 1,000,000; bucket 1 twice; 127 empty, bucket 129; 824 empty, bucket 954
        assertThat(histogram.encode()).isEqualTo(new byte[] {
            1, (byte) 0xc4, (byte) 0x85, 0x3d, (byte) 0xc0, (byte) 0x84, 0x3d, 1, 2, 127, 1, (byte) 0xb8, 6, 1
        });
    }

    @Test
    void aThousandCallsTakeLittleRoom() {
        Random random = new Random(1);
        LatencyHistogram histogram = new LatencyHistogram();

        for (int i = 0; i < 1_000; i++) {
            histogram.record((long) (2_000_000 * Math.exp(random.nextGaussian() * 0.5)));
        }

        assertThat(histogram.encode().length).isLessThan(600);
    }

    @Test
    void whatIsLongerThanTheLayoutStillShowsItsMaximum() {
        LatencyHistogram histogram = recorded(new long[] {1L << 50});

        assertThat(histogram.percentileNanos(0.99)).isEqualTo(1L << 50);
    }

    @Test
    void whatIsNotAHistogramIsRefused() {
        String[] bad = {
            "", // nothing
            base64(2, 0, 0), // another layout
            base64(1, 0), // ends early
            base64(1, 0, 0, 5), // a bucket without a count
            base64(1, 0, 0, 5, 0), // a count of nothing
            base64(1, 0, 0, 0xff, 0xff, 0x7f, 1), // a bucket past the last
            base64(1, 0, 0, 5, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f), // an absurd count
            base64(1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0), // a number past 63 bits
            "&&&"
        };

        for (String text : bad) {
            assertThatIllegalArgumentException()
                    .as(text)
                    .isThrownBy(() -> LatencyHistogram.decodeText(text))
                    .withMessageMatching(".+");
        }
    }

    @Test
    void anyBytesAreEitherAHistogramOrRefused() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            if (bytes.length > 0) {
                bytes[0] = 1;
            }

            try {
                LatencyHistogram histogram = LatencyHistogram.decode(bytes);
                assertThat(histogram.percentileNanos(0.5)).isNotNegative();
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageStartingWith("latency: ");
            }
        }
    }

    private static LatencyHistogram recorded(long[] times) {
        LatencyHistogram histogram = new LatencyHistogram();
        for (long time : times) {
            histogram.record(time);
        }
        return histogram;
    }

    /** Times over the whole range that the layout covers, as many short ones as long ones. */
    private static long[] anyTimes(Random random, int count) {
        long[] times = new long[count];
        for (int i = 0; i < count; i++) {
            times[i] = (long) Math.exp(random.nextDouble() * Math.log((1L << 40) - 1));
        }
        return times;
    }

    private static String base64(int... bytes) {
        byte[] array = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            array[i] = (byte) bytes[i];
        }
        return Base64.getEncoder().encodeToString(array);
    }
}
