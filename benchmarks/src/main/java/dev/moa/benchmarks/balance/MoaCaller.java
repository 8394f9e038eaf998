package dev.moa.benchmarks.balance;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.sdk.balance.Balancer;
import dev.moa.sdk.call.CallSettings;
import dev.moa.sdk.call.Endpoint;
import dev.moa.sdk.call.Fleet;
import dev.moa.sdk.call.LearnedQuantile;
import dev.moa.sdk.call.Outcome;
import dev.moa.sdk.call.RetryBudget;
import dev.moa.sdk.lookup.InstanceAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** moa's own client code, with hedging of the slowest 5 % where asked for; only the network is simulated. */
final class MoaCaller implements SimulatedCaller {

    private static final CallRequest REQUEST =
            CallRequest.of(ServiceName.of("/service/simulated"), "call", Payload.NO_ARGUMENTS);
    private static final int FIRST_PORT = 1_000;
    private static final int MAX_ATTEMPTS = 3;

    private final Fleet fleet;
    private final RetryBudget budget;
    private final @Nullable LearnedQuantile latency;
    private final List<InstanceAddress> addresses = new ArrayList<>();
    private final Map<Integer, Endpoint> endpoints = new HashMap<>();

    MoaCaller(int nodes, boolean hedges, LongSupplier nanoClock, RandomGenerator random) {
        CallSettings settings = CallSettings.defaults();
        this.fleet = new Fleet("simulated", Balancer.powerOfTwoChoices(() -> random), settings, nanoClock);
        this.budget = new RetryBudget(settings.retryRatio());
        this.latency = hedges ? new LearnedQuantile(0.95) : null;
        for (int i = 0; i < nodes; i++) {
            addresses.add(InstanceAddress.of("127.0.0.1", FIRST_PORT + i));
        }
        fleet.update(addresses);
    }

    @Override
    public String name() {
        return "moa";
    }

    @Override
    public void called() {
        budget.called();
    }

    @Override
    public int choose(List<Integer> tried) {
        List<Endpoint> before =
                tried.isEmpty() ? null : tried.stream().map(endpoints::get).toList();
        Endpoint chosen = fleet.choose(REQUEST, before);
        if (chosen == null) {
            throw new IllegalStateException("nobody can be called (expected: at least one)");
        }
        int node = chosen.address().port() - FIRST_PORT;
        endpoints.put(node, chosen);
        return node;
    }

    @Override
    public void began(int node) {
        endpoint(node).begin();
    }

    @Override
    public void ended(int node, End end, long tookNanos) {
        fleet.ended(
                endpoint(node),
                switch (end) {
                    case ANSWERED -> Outcome.SUCCESS;
                    case FAILED -> Outcome.FAILURE;
                    case TIMED_OUT -> Outcome.TIMED_OUT;
                    case OUTRUN -> Outcome.OUTRUN;
                    case CANCELLED -> Outcome.ABANDONED;
                },
                tookNanos);
        if (latency != null && (end == End.ANSWERED || end == End.OUTRUN || end == End.CANCELLED)) {
            latency.add(tookNanos);
        }
    }

    private Endpoint endpoint(int node) {
        Endpoint known = endpoints.get(node);
        if (known == null) {
            throw new IllegalArgumentException("node: %d (expected: one that was chosen)".formatted(node));
        }
        return known;
    }

    @Override
    public boolean mayRetry(int attempts) {
        return attempts < MAX_ATTEMPTS && budget.take();
    }

    @Override
    public long hedgeAfterNanos() {
        return latency == null ? Long.MAX_VALUE : latency.nanos();
    }

    @Override
    public boolean mayHedge() {
        return budget.take();
    }

    @Override
    public void tick() {
        budget.tick();
        fleet.tick();
    }

    @Override
    public void added() {
        addresses.add(InstanceAddress.of("127.0.0.1", FIRST_PORT + addresses.size()));
        fleet.update(addresses);
    }
}
