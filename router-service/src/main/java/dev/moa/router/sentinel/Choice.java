package dev.moa.router.sentinel;

import dev.moa.router.address.Instance;
import dev.moa.router.address.ServiceView;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which instance is "the master" for whom. All instances are equal, so each client host gets its own: by rendezvous
 * hashing with weights (Thaler and Ravishankar 1998), which every router answers alike, and by which a client moves
 * only when its instance goes or a new one takes its share.
 */
final class Choice {
    private static final double TWO_TO_53 = 0x1p53;

    private Choice() {}

    /** Returns who a client is: its host, and the name that it gave itself. */
    static String client(SocketAddress address, String name) {
        String host = address instanceof InetSocketAddress inet && inet.getAddress() != null
                ? inet.getAddress().getHostAddress()
                : "";
        return name.isEmpty() ? host : host + " " + name;
    }

    /** Returns the instances that can be called, sorted by id. */
    static List<Instance> callable(@Nullable ServiceView view) {
        return view == null
                ? List.of()
                : view.instances().stream()
                        .filter(instance -> instance.isCallable() && instance.weight() > 0)
                        .toList();
    }

    /** Returns the client's instance; null if there is none. */
    static @Nullable Instance master(List<Instance> callable, String client) {
        long seed = hash(client, 0);
        Instance best = null;
        double bestScore = Double.NEGATIVE_INFINITY;
        for (Instance instance : callable) {
            long draw = hash(instance.id(), seed);
            double uniform = ((draw >>> 11) + 1) / TWO_TO_53;
            // larger for heavier ones; a draw of 1 has logarithm 0, which is the best there is
            double score = uniform >= 1 ? Double.MAX_VALUE : -instance.weight() / Math.log(uniform);
            if (score > bestScore) {
                best = instance;
                bestScore = score;
            }
        }
        return best;
    }

    /** FNV-1a, its bits mixed as SplitMix64 does. */
    private static long hash(String text, long seed) {
        long hash = 0xcbf29ce484222325L ^ seed;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ hash >>> 30) * 0xbf58476d1ce4e5b9L;
        hash = (hash ^ hash >>> 27) * 0x94d049bb133111ebL;
        return hash ^ hash >>> 31;
    }
}
