package dev.moa.sdk.balance;

import dev.moa.protocol.CallRequest;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Rendezvous hashing with weights: every candidate draws a number from the key and its own id, and the best draw
 * wins (Thaler and Ravishankar 1998; the weights after Schindelhauer and Schomaker 2005). No ring to keep, exact
 * shares, and a candidate that goes takes only its own keys along. It looks at every candidate for each call.
 */
final class ConsistentHash implements Balancer {

    private final Function<CallRequest, @Nullable String> key;
    private final Balancer withoutKey;

    ConsistentHash(Function<CallRequest, @Nullable String> key, Balancer withoutKey) {
        this.key = key;
        this.withoutKey = withoutKey;
    }

    @Override
    public int choose(List<? extends Candidate> candidates, CallRequest request) {
        String of = key.apply(request);
        if (of == null) {
            return withoutKey.choose(candidates, request);
        }
        long keyHash = hash(of);
        int best = 0;
        double bestScore = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < candidates.size(); i++) {
            // the full weight, not the one of the warm-up: keys would wander
            Candidate candidate = candidates.get(i);
            long mixed = mix(keyHash ^ hash(candidate.address().id()));
            double uniform = ((mixed >>> 11) + 1) * 0x1.0p-53;
            double score = -candidate.address().weight() / Math.log(uniform);
            if (score > bestScore) {
                bestScore = score;
                best = i;
            }
        }
        return best;
    }

    private static long hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return mix(hash);
    }

    /** The finalizer of SplitMix64. */
    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
