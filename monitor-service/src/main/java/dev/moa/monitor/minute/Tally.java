package dev.moa.monitor.minute;

import dev.moa.sdk.stats.LatencyHistogram;
import dev.moa.sdk.stats.StatisticsReport;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was counted of one method in some time. Tallies of neighbouring times, or of several instances, are
 * added; nothing in them is an average. Not safe for many threads.
 */
public final class Tally {
    private static final int FORMAT = 1;

    private final LatencyHistogram latency = new LatencyHistogram();
    private final TreeMap<Integer, Long> codes = new TreeMap<>();
    private long bytesIn;
    private long bytesOut;

    /** Adds what one process has counted. */
    public void add(StatisticsReport.MethodDelta delta) {
        latency.add(delta.latency());
        delta.codes().forEach((code, failures) -> codes.merge(code, failures, Long::sum));
        bytesIn += delta.bytesIn();
        bytesOut += delta.bytesOut();
    }

    public void add(Tally other) {
        latency.add(other.latency);
        other.codes.forEach((code, failures) -> codes.merge(code, failures, Long::sum));
        bytesIn += other.bytesIn;
        bytesOut += other.bytesOut;
    }

    public long count() {
        return latency.count();
    }

    public long errors() {
        return codes.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Returns failures as a share of all calls, 0 to 1. */
    public double errorRatio() {
        return count() == 0 ? (errors() == 0 ? 0 : 1) : Math.min(1, (double) errors() / count());
    }

    /** Returns failures by the number of their status code. */
    public Map<Integer, Long> codes() {
        return codes;
    }

    public long bytesIn() {
        return bytesIn;
    }

    public long bytesOut() {
        return bytesOut;
    }

    public LatencyHistogram latency() {
        return latency;
    }

    /** Returns the latency that a share of the calls did not exceed, in milliseconds. */
    public double percentileMs(double share) {
        return millis(latency.percentileNanos(share));
    }

    public double maxMs() {
        return millis(latency.maxNanos());
    }

    /** Nanoseconds to milliseconds with three decimals. */
    private static double millis(long nanos) {
        return Math.round(nanos / 1_000.0) / 1_000.0;
    }

    /** Returns the form in which it is stored. */
    public byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            out.writeLong(bytesIn);
            out.writeLong(bytesOut);
            out.writeByte(codes.size());
            for (Map.Entry<Integer, Long> code : codes.entrySet()) {
                out.writeByte(code.getKey());
                out.writeLong(code.getValue());
            }
            out.write(latency.encode());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** @throws IllegalArgumentException if {@code stored} is not an encoded tally */
    public static Tally decode(byte[] stored) {
        Tally tally = new Tally();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(stored))) {
            int format = in.readByte();
            if (format != FORMAT) {
                throw new IllegalArgumentException("tally: format %d (expected: %d)".formatted(format, FORMAT));
            }
            tally.bytesIn = in.readLong();
            tally.bytesOut = in.readLong();
            int count = in.readUnsignedByte();
            for (int i = 0; i < count; i++) {
                tally.codes.put(in.readUnsignedByte(), in.readLong());
            }
            tally.latency.add(LatencyHistogram.decode(in.readAllBytes()));
        } catch (IOException e) {
            throw new IllegalArgumentException("tally: %d bytes end early".formatted(stored.length), e);
        }
        return tally;
    }
}
