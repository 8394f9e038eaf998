package dev.moa.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The command {@code ./moa bench [NAME] [--json]}. */
public final class Bench {

    private static final List<Benchmark> ALL = List.of(
            new RespBenchmark(),
            new DispatchBenchmark(),
            new BatchBenchmark(),
            new RpcBenchmark(),
            new BalanceBenchmark(),
            new NodesBenchmark(),
            new TailBenchmark(),
            new LeasesBenchmark(),
            new LookupBenchmark(),
            new RegistryBenchmark(),
            new HaproxyBenchmark());

    private Bench() {}

    public static void main(String[] arguments) throws Exception {
        List<String> names = new ArrayList<>(Arrays.asList(arguments));
        boolean json = names.remove("--json");
        int peer = names.indexOf("--peer");
        if (peer >= 0 && peer + 1 < names.size()) {
            names.remove(peer);
            System.setProperty(RegistryBenchmark.PEER, names.remove(peer));
        }
        if (names.isEmpty()) {
            System.out.println("benchmarks: each runs moa and a peer in turns in one run, and prints the ratio");
            ALL.forEach(bench -> System.out.printf("  %-8s %s%n", bench.name(), bench.question()));
            System.out.println("run one with: ./moa bench NAME [--json]; registry also: --peer zookeeper|nacos|eureka");
            return;
        }
        Report report = new Report(System.out, json);
        for (String name : names) {
            Optional<Benchmark> bench =
                    ALL.stream().filter(b -> b.name().equals(name)).findFirst();
            if (bench.isEmpty()) {
                System.err.printf(
                        "bench: '%s' (expected: one of %s)%n",
                        name, ALL.stream().map(Benchmark::name).toList());
                System.exit(2);
            }
            bench.get().run(report);
        }
        System.exit(0); // the clients' event loops are daemons, but a bench must never hang a script
    }
}
