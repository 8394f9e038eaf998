package dev.moa.benchmarks;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.Payload;
import dev.moa.sdk.MoaClient;
import dev.moa.sdk.lookup.StaticDirectory;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * What slow calls do to the others. One connection of moa frames, over which calls go out at moments that chance has
 * set, the same for both, whether answers come or not; every hundredth call takes 5 ms and is left out of the result,
 * against the same without slow calls. The p99 is that of all rounds together ({@code MOA_BENCH_ROUNDS}, 10), since that
 * of one round moves by the few moments in which the machine paused; {@code timesWithoutFrom} and {@code To} are where
 * 95 % of such runs would end. And 50 calls of 10 ms, pipelined on one RESP connection.
 *
 * <p>At even distances the end of each slow call would meet the start of the same later one, and only there.
 */
final class TailBenchmark implements Benchmark {

    /** Rounds before them, which warm up. */
    private static final int WARM_UP = 2;

    private static final int CALLS_PER_SECOND = 1_000;
    /** In turns of a tenth of a second, so that what disturbs the one disturbs the other alike. */
    private static final int SLICES = 40;

    private static final int CALLS_OF_A_SLICE = CALLS_PER_SECOND / 10;
    private static final int SLOW_MS = 5;
    private static final int PIPELINED = 50;
    private static final int PIPELINED_MS = 10;
    private static final int REPEATS = 20;
    private static final double AT_MOST_TIMES = 1.2;
    private static final int RESAMPLES = 400;

    private static final CallRequest FAST =
            CallRequest.of(BenchServer.NAME, "helloOnThread", Payload.json("[\"world\"]"));
    private static final CallRequest SLOW = CallRequest.of(BenchServer.NAME, "slow", Payload.json("[" + SLOW_MS + "]"));

    /** Rounds that count. */
    private final int rounds = Integer.parseInt(System.getenv().getOrDefault("MOA_BENCH_ROUNDS", "10"));

    @Override
    public String name() {
        return "tail";
    }

    @Override
    public String question() {
        return "what 1 % slow calls do to the p99 of the others, and 50 pipelined calls of 10 ms on one connection";
    }

    @Override
    public void run(Report report) throws Exception {
        try (Child server = Child.java(BenchServer.class)) {
            StaticDirectory directory = new StaticDirectory();
            directory.put(BenchServer.NAME, "127.0.0.1", server.port());
            try (MoaClient client =
                    MoaClient.builder().app("bench").directory(directory).build()) {
                besideSlowOnes(report, client);
            }
            pipelined(report, server.port());
        }
    }

    private void besideSlowOnes(Report report, MoaClient client) throws InterruptedException {
        report.progress("warming up");
        awaitConnected(client);
        List<long[]> with = new ArrayList<>();
        List<long[]> without = new ArrayList<>();
        for (int round = 1 - WARM_UP; round <= rounds; round++) {
            for (int slice = 0; slice < SLICES; slice++) {
                // which of the two comes first changes
                boolean slowFirst = slice % 2 == 0;
                long seed = (long) round * SLICES + slice;
                long[] first = load(client, slowFirst, seed);
                long[] second = load(client, !slowFirst, seed);
                if (round > 0) {
                    with.add(slowFirst ? first : second);
                    without.add(slowFirst ? second : first);
                }
            }
            if (round > 0) {
                report.progress("round %d of %d".formatted(round, rounds));
            }
        }
        double ours = p99Ms(with);
        double peer = p99Ms(without);
        double[] times = resampled(with, without);
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("timesWithout", ours / peer);
        details.put("timesWithoutFrom", CaseResult.at(times, 0.025));
        details.put("timesWithoutTo", CaseResult.at(times, 0.975));
        details.put("atMostTimes", AT_MOST_TIMES);
        details.put("holds", ours / peer <= AT_MOST_TIMES);
        details.put("calls", with.size() * CALLS_OF_A_SLICE);
        details.put("callsPerSecond", CALLS_PER_SECOND);
        report.add(CaseResult.lessIsBetter(
                name(), "p99 beside 1 % of 5 ms", ours, peer, "the same without slow calls", "ms", details));
    }

    /**
     * Returns, sorted, the ratios of the p99s that other slices of the same kind would have shown: pairs of slices drawn
     * anew from those measured. A slice in which the machine paused counts as one event, not as many slow calls.
     */
    private static double[] resampled(List<long[]> with, List<long[]> without) {
        SplittableRandom random = new SplittableRandom(1);
        double[] times = new double[RESAMPLES];
        for (int i = 0; i < RESAMPLES; i++) {
            int[] drawn = random.ints(with.size(), 0, with.size()).toArray();
            times[i] = p99Ms(Arrays.stream(drawn).mapToObj(with::get).toList())
                    / p99Ms(Arrays.stream(drawn).mapToObj(without::get).toList());
        }
        Arrays.sort(times);
        return times;
    }

    /** The first calls wait for classes to be loaded, which a busy machine takes its time for. */
    private static void awaitConnected(MoaClient client) throws InterruptedException {
        for (int tries = 200; !client.call(FAST).join().isOk(); tries--) {
            if (tries == 0) {
                throw new IllegalStateException("the service does not answer (expected: within 20 s)");
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private static double p99Ms(List<long[]> slices) {
        long[] all = slices.stream().flatMapToLong(Arrays::stream).sorted().toArray();
        return all[(int) (all.length * 0.99)] / 1e6;
    }

    /** Returns what the calls that are not slow took, in nanoseconds. */
    private static long[] load(MoaClient client, boolean someSlow, long seed) throws InterruptedException {
        int calls = CALLS_OF_A_SLICE;
        long[] took = new long[calls];
        CountDownLatch open = new CountDownLatch(calls);
        AtomicInteger failed = new AtomicInteger();
        AtomicReference<String> lastFailure = new AtomicReference<>("");
        SplittableRandom random = new SplittableRandom(seed);
        long due = System.nanoTime();
        long twice = 2 * TimeUnit.SECONDS.toNanos(1) / CALLS_PER_SECOND;
        for (int i = 0; i < calls; i++) {
            due += random.nextLong(twice);
            for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            boolean slow = someSlow && i % 100 == 50;
            int index = i;
            long sentAt = System.nanoTime();
            client.call(slow ? SLOW : FAST).whenComplete((response, failure) -> {
                took[index] = slow ? -1 : System.nanoTime() - sentAt;
                if (response == null || !response.isOk()) {
                    failed.incrementAndGet();
                    lastFailure.set(String.valueOf(response));
                }
                open.countDown();
            });
        }
        if (!open.await(10, TimeUnit.SECONDS) || failed.get() > 0) {
            throw new IllegalStateException("%d calls failed, %d are not answered (expected: none): %s"
                    .formatted(failed.get(), open.getCount(), lastFailure.get()));
        }
        return Arrays.stream(took).filter(each -> each >= 0).toArray();
    }

    private void pipelined(Report report, int port) throws IOException {
        byte[] request = ("{\"service\":\"" + BenchServer.NAME + "\",\"method\":\"slow\",\"args\":[" + PIPELINED_MS
                        + "]}")
                .getBytes(StandardCharsets.UTF_8);
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < PIPELINED; i++) {
            all.append("*2\r\n$3\r\nGET\r\n$")
                    .append(request.length)
                    .append("\r\n")
                    .append(new String(request, StandardCharsets.UTF_8))
                    .append("\r\n");
        }
        byte[] commands = all.toString().getBytes(StandardCharsets.UTF_8);
        List<Double> together = new ArrayList<>();
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(10_000);
            DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            for (int i = 0; i < REPEATS + 5; i++) {
                long began = System.nanoTime();
                socket.getOutputStream().write(commands);
                for (int reply = 0; reply < PIPELINED; reply++) {
                    skipReply(in);
                }
                if (i >= 5) {
                    together.add((System.nanoTime() - began) / 1e6);
                }
            }
        }
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("repeats", REPEATS);
        details.put(
                "slowestMs",
                together.stream().mapToDouble(Double::doubleValue).max().orElseThrow());
        details.put("atMostMs", 15);
        details.put("holds", CaseResult.median(together) <= 15);
        report.add(CaseResult.lessIsBetter(
                name(),
                "50 x 10 ms, pipelined",
                CaseResult.median(together),
                PIPELINED * (double) PIPELINED_MS,
                "one after another, as Redis has it",
                "ms",
                details));
    }

    private static void skipReply(DataInputStream in) throws IOException {
        if (in.readByte() != '$') {
            throw new IOException("an unexpected reply (expected: a bulk string)");
        }
        int length = 0;
        for (int c = in.readByte(); c != '\r'; c = in.readByte()) {
            length = length * 10 + c - '0';
        }
        in.readByte();
        byte[] body = new byte[length + 2];
        in.readFully(body);
        if (!new String(body, StandardCharsets.UTF_8).startsWith("{\"code\":0")) {
            throw new IOException("a call failed: " + new String(body, StandardCharsets.UTF_8));
        }
    }
}
