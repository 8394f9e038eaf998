package dev.moa.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The same calls by moa frames, Dubbo, gRPC and SOFARPC: one connection, a server and a client process each, all of
 * them up at once and loaded in turns, each round in another order.
 *
 * <p>{@code MOA_BENCH_ROUNDS} (5), {@code MOA_BENCH_MILLIS} (3,000 per run), {@code MOA_BENCH_ONLY} (contenders,
 * comma-separated) and {@code MOA_BENCH_CASES} (likewise) make it shorter; {@code MOA_BENCH_PROFILE} names a directory
 * for JFR recordings.
 */
final class RpcBenchmark implements Benchmark {

    private record Case(String name, String shape, int threads) {}

    private static final String DUBBO = "Dubbo 3.3.6 dubbo hessian2";
    private static final String GRPC = "gRPC 1.83.1";

    private static final List<Case> CASES = List.of(
            new Case("text c32", "text", 32),
            new Case("order c32", "order", 32),
            new Case("text c1", "text", 1),
            new Case("order c1", "order", 1));
    private static final int WARM_UP_CALLS = 60_000;
    private static final long WARM_UP_ALONE_MILLIS = 1_000;
    private static final long WARM_UP_LIMIT_NANOS = 20_000_000_000L;
    private static final String OURS = "moa";
    /** Those whose figures every contender of moa is held against. */
    private static final Set<String> MEASURES = Set.of(DUBBO, GRPC);

    private final int rounds = Integer.parseInt(System.getenv().getOrDefault("MOA_BENCH_ROUNDS", "5"));
    private final long millis = Long.parseLong(System.getenv().getOrDefault("MOA_BENCH_MILLIS", "3000"));
    private final Set<String> only = names("MOA_BENCH_ONLY");
    private final Set<String> cases = names("MOA_BENCH_CASES");

    private static Set<String> names(String variable) {
        return Arrays.stream(System.getenv().getOrDefault(variable, "").split(","))
                .filter(name -> !name.isBlank())
                .collect(Collectors.toSet());
    }

    @Override
    public String name() {
        return "rpc";
    }

    @Override
    public String question() {
        return "calls per second from Java to Java, against Dubbo, gRPC and SOFARPC";
    }

    @Override
    public void run(Report report) throws Exception {
        List<Contender> contenders = new ArrayList<>();
        try {
            report.progress("starting the contenders");
            startAll(contenders);
            for (Contender each : contenders) {
                report.progress("warming up " + each.name());
                warmUp(each, "text");
                warmUp(each, "order");
                // one thread takes other ways than many, for whose compilers a moment of one shape is too short
                each.run("text", 1, WARM_UP_ALONE_MILLIS);
                each.run("order", 1, WARM_UP_ALONE_MILLIS);
            }
            for (Case one : CASES) {
                if (cases.isEmpty() || cases.contains(one.name())) {
                    measure(report, one, contenders);
                }
            }
        } finally {
            contenders.forEach(Contender::close);
        }
    }

    /** By calls and not by time: on a busy machine a slow contender would be measured before it is compiled. */
    private void warmUp(Contender contender, String shape) throws IOException {
        double calls = 0;
        IOException failure = null;
        long limit = System.nanoTime() + WARM_UP_LIMIT_NANOS;
        while (calls < WARM_UP_CALLS && System.nanoTime() < limit) {
            try {
                calls += contender.run(shape, 32, 1_000).callsPerSecond();
            } catch (IOException e) {
                // the first calls of a cold pair on a busy machine may time out; a process that ended fails again
                failure = e;
            }
        }
        if (calls == 0 && failure != null) {
            throw failure;
        }
    }

    private void startAll(List<Contender> started) throws IOException {
        Path home = Path.of(System.getProperty("moa.home", "."));
        String own = System.getProperty("java.class.path");
        String moa = MoaPeer.class.getName();
        String dubbo = "dev.moa.benchmarks.rivals.DubboPeer";
        start(started, OURS, own, moa, List.of(), List.of("PORT", "cbor", "threads"));
        start(started, OURS + " json", own, moa, List.of(), List.of("PORT", "json", "threads"));
        start(started, OURS + " on loop", own, moa, List.of(), List.of("PORT", "cbor", "loop"));
        String rivals = Contender.classPath(home, "rivals");
        start(started, DUBBO, rivals, dubbo, List.of("dubbo"), List.of("dubbo", "PORT"));
        start(started, "Dubbo 3.3.6 tri", rivals, dubbo, List.of("tri"), List.of("tri", "PORT"));
        start(started, GRPC, rivals, "dev.moa.benchmarks.rivals.GrpcPeer", List.of(), List.of("PORT"));
        start(
                started,
                "SOFARPC 5.13.2 bolt hessian",
                Contender.classPath(home, "rivals-sofa"),
                "dev.moa.benchmarks.sofa.SofaPeer",
                List.of(),
                List.of("PORT"));
    }

    private void start(
            List<Contender> started,
            String name,
            String classPath,
            String main,
            List<String> serverArguments,
            List<String> clientArguments)
            throws IOException {
        if (only.isEmpty() || only.contains(name)) {
            started.add(Contender.start(name, classPath, main, serverArguments, clientArguments));
        }
    }

    private void measure(Report report, Case one, List<Contender> contenders) throws IOException {
        Map<String, List<Contender.Run>> runs = new LinkedHashMap<>();
        contenders.forEach(each -> runs.put(each.name(), new ArrayList<>()));
        List<Double> loads = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            report.progress("%s, round %d of %d".formatted(one.name(), round, rounds));
            loads.add(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
            for (Contender each : inTurn(contenders, round)) {
                runs.computeIfAbsent(each.name(), name -> new ArrayList<>())
                        .add(each.run(one.shape(), one.threads(), millis));
            }
        }
        List<String> peers =
                runs.keySet().stream().filter(name -> !name.startsWith(OURS)).toList();
        runs.forEach((ours, own) -> {
            if (ours.startsWith(OURS)) {
                List<String> beside = peers.stream()
                        .filter(peer -> ours.equals(OURS) || MEASURES.contains(peer))
                        .toList();
                (beside.isEmpty() ? List.of(ours) : beside)
                        .forEach(
                                peer -> report.add(compare(one, ours, own, peer, runs.getOrDefault(peer, own), loads)));
            }
        });
    }

    /** Everyone's place moves by one each round, and who follows whom turns around: nobody has a place of its own. */
    private static List<Contender> inTurn(List<Contender> contenders, int round) {
        List<Contender> turned = new ArrayList<>(contenders);
        Collections.rotate(turned, round);
        if (round % 2 == 0) {
            Collections.reverse(turned);
        }
        return turned;
    }

    private CaseResult compare(
            Case one,
            String ours,
            List<Contender.Run> own,
            String peer,
            List<Contender.Run> theirs,
            List<Double> loads) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("contender", ours);
        details.put("java", Runtime.version().feature());
        details.put("rounds", rates(own));
        details.put("peerRounds", rates(theirs));
        figures(details, "", own);
        figures(details, "peer", theirs);
        details.put("loadAverages", loads);
        return CaseResult.moreIsBetter(
                name(),
                one.name() + ours.substring(OURS.length()),
                CaseResult.median(rates(own)),
                CaseResult.median(rates(theirs)),
                peer,
                "calls/s",
                details);
    }

    private static void figures(Map<String, Object> details, String whose, List<Contender.Run> runs) {
        Map<String, Function<Contender.Run, Double>> figures = new LinkedHashMap<>();
        figures.put("p50Ms", Contender.Run::p50Ms);
        figures.put("p90Ms", Contender.Run::p90Ms);
        figures.put("p99Ms", Contender.Run::p99Ms);
        figures.put("p999Ms", Contender.Run::p999Ms);
        figures.put("cpuMicrosPerCall", Contender.Run::cpuMicros);
        figures.put("allocatedBytesPerCall", Contender.Run::allocatedBytes);
        figures.forEach((name, figure) -> details.put(
                whose.isEmpty() ? name : whose + name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1),
                median(runs.stream().map(figure))));
    }

    private static List<Double> rates(List<Contender.Run> runs) {
        return runs.stream()
                .map(run -> (double) Math.round(run.callsPerSecond()))
                .toList();
    }

    private static double median(java.util.stream.Stream<Double> values) {
        return Math.round(CaseResult.median(values.toList()) * 1_000) / 1_000.0;
    }
}
