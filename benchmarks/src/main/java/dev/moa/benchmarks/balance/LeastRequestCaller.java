package dev.moa.benchmarks.balance;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * gRPC's {@code least_request_experimental} as its proposal A48 describes it and grpc-java runs it: {@code choiceCount}
 * (2) nodes drawn with replacement, the one with fewer outstanding requests, the first of equals. gRPC retries nothing
 * unless a service configuration says so.
 */
final class LeastRequestCaller implements SimulatedCaller {

    private static final int CHOICES = 2;

    private final RandomGenerator random;
    private final List<int[]> outstanding = new ArrayList<>();

    LeastRequestCaller(int nodes, RandomGenerator random) {
        this.random = random;
        for (int i = 0; i < nodes; i++) {
            added();
        }
    }

    @Override
    public String name() {
        return "gRPC least_request";
    }

    @Override
    public void called() {}

    @Override
    public int choose(List<Integer> tried) {
        int best = random.nextInt(outstanding.size());
        for (int i = 1; i < CHOICES; i++) {
            int other = random.nextInt(outstanding.size());
            if (outstanding.get(other)[0] < outstanding.get(best)[0]) {
                best = other;
            }
        }
        return best;
    }

    @Override
    public void began(int node) {
        outstanding.get(node)[0]++;
    }

    @Override
    public void ended(int node, End end, long tookNanos) {
        outstanding.get(node)[0]--;
    }

    @Override
    public boolean mayRetry(int attempts) {
        return false;
    }

    @Override
    public void added() {
        outstanding.add(new int[1]);
    }
}
