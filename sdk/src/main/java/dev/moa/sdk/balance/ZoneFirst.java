package dev.moa.sdk.balance;

import dev.moa.protocol.CallRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps calls in the zone as long as it has enough instances. What it finds in a list is kept until the next list. */
final class ZoneFirst implements Balancer {

    /** The candidates of the zone and their places in the list they come from. */
    private record Local(List<? extends Candidate> of, List<Candidate> candidates, int[] places) {}

    private final String zone;
    private final double leastShare;
    private final Balancer within;
    private volatile @Nullable Local last;

    ZoneFirst(String zone, double leastShare, Balancer within) {
        if (!(leastShare >= 0 && leastShare <= 1)) {
            throw new IllegalArgumentException("leastShare: %s (expected: 0 to 1)".formatted(leastShare));
        }
        this.zone = zone;
        this.leastShare = leastShare;
        this.within = within;
    }

    @Override
    public int choose(List<? extends Candidate> candidates, CallRequest request) {
        Local local = last;
        if (local == null || local.of != candidates) {
            local = local(candidates);
            last = local;
        }
        int size = local.candidates.size();
        if (size == 0 || size < leastShare * candidates.size()) {
            return within.choose(candidates, request);
        }
        return local.places[within.choose(local.candidates, request)];
    }

    private Local local(List<? extends Candidate> candidates) {
        List<Candidate> found = new ArrayList<>();
        int[] places = new int[candidates.size()];
        for (int i = 0; i < candidates.size(); i++) {
            if (zone.equals(candidates.get(i).address().zone())) {
                places[found.size()] = i;
                found.add(candidates.get(i));
            }
        }
        return new Local(candidates, List.copyOf(found), places);
    }
}
