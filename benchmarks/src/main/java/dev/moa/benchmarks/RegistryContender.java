package dev.moa.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** One registry in the benchmark: its processes, the load on it, and what was measured, a figure per round. */
final class RegistryContender implements AutoCloseable {

    /** What the watches were told; {@code expected} of them, in ms after the registration began. */
    record Told(long expected, long told, double p50, double p99, double max) {}

    /** Registrations a second, ms of a request, and the processor's µs per registration, of all server processes. */
    record Registered(double perSecond, double p50, double p99, double cpuMicros) {}

    private final String name;
    private final List<RunningPart> servers;
    private final String classPath;
    private final String main;
    private final int port;
    private Contender.End load;
    final List<Told> told = new ArrayList<>();
    final List<Registered> single = new ArrayList<>();
    final List<Registered> batched = new ArrayList<>();
    double pssMegabytes;

    RegistryContender(String name, List<RunningPart> servers, String classPath, String main, int port)
            throws IOException {
        this.name = name;
        this.servers = servers;
        this.classPath = classPath;
        this.main = main;
        this.port = port;
        this.load = start();
    }

    private Contender.End start() throws IOException {
        return Contender.End.start(classPath, main, List.of("" + port));
    }

    String name() {
        return name;
    }

    /** Opens the watches; returns how many seconds that took. */
    double watch(int connections, int services, int each) throws IOException {
        return load.order("WATCH %d %d %d".formatted(connections, services, each))[1] / 1e9;
    }

    Told tell(int perSecond, int seconds, int patience) throws IOException {
        long[] of = load.order("TOLD %d %d %d".formatted(perSecond, seconds, patience));
        return new Told(of[0], of[1], of[2] / 1e6, of[4] / 1e6, of[6] / 1e6);
    }

    /** Ends the watches with the process that has them. */
    void restartLoad() throws IOException {
        load.close();
        load = start();
    }

    Registered register(int threads, int batch, int seconds) throws IOException {
        double before = cpuSeconds();
        long[] of = load.order("REGISTER %d %d %d".formatted(threads, batch, seconds));
        double cpu = cpuSeconds() - before;
        return new Registered(of[0] * 1e9 / of[1], of[2] / 1e6, of[3] / 1e6, cpu * 1e6 / Math.max(1, of[0]));
    }

    private double cpuSeconds() throws IOException {
        double all = 0;
        for (RunningPart server : servers) {
            all += server.cpuSeconds();
        }
        return all;
    }

    void weigh() throws IOException {
        pssMegabytes = 0;
        for (RunningPart server : servers) {
            pssMegabytes += server.pssMegabytes();
        }
    }

    @Override
    public void close() {
        load.close();
    }
}
