package dev.moa.benchmarks.chaos;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Drops packets to and from ports of loopback with iptables, in a chain of its own. Where that is not allowed, or not
 * there, a {@link Link} falls silent instead.
 */
final class Firewall implements AutoCloseable {
    private final String chain = "moa-chaos-" + ProcessHandle.current().pid();
    private final boolean works;

    Firewall(boolean wanted) {
        this.works = wanted && run("-N", chain) && run("-I", "INPUT", "-i", "lo", "-p", "tcp", "-j", chain);
    }

    boolean works() {
        return works;
    }

    void drop(int port) {
        rule("-A", port);
    }

    void pass(int port) {
        rule("-D", port);
    }

    private void rule(String what, int port) {
        for (String side : List.of("--dport", "--sport")) {
            if (!run(what, chain, "-p", "tcp", side, String.valueOf(port), "-j", "DROP")) {
                throw new IllegalStateException("iptables %s for port %d failed".formatted(what, port));
            }
        }
    }

    private static boolean run(String... arguments) {
        List<String> command = new ArrayList<>(List.of("iptables", "-w", "5"));
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException notThere) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        if (works) {
            run("-F", chain);
            run("-D", "INPUT", "-i", "lo", "-p", "tcp", "-j", chain);
            run("-X", chain);
        }
    }
}
