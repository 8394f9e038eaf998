package dev.moa.router.peers;

import dev.moa.router.peers.Comparison.Router;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says who of several routers differs: whoever does not answer as more than half of them do. */
final class Verdict {
    private Verdict() {}

    static Comparison of(long now, List<Router> routers) {
        List<Router> answering =
                routers.stream().filter(router -> router.digest() != null).toList();
        String majority = majority(answering);
        List<Router> judged = new ArrayList<>();
        // as long as the first of those from whom this one differs
        long earliest = routers.stream()
                .filter(Router::differs)
                .mapToLong(Router::sinceMs)
                .min()
                .orElse(0);
        for (Router each : routers) {
            boolean differs =
                    majority == null ? each.differs() : each.digest() != null && !majority.equals(each.digest());
            long since = each.why() != null ? each.sinceMs() : !differs ? 0 : each.self() ? earliest : each.sinceMs();
            judged.add(new Router(
                    each.address(),
                    each.router(),
                    each.self(),
                    each.digest(),
                    each.services(),
                    differs,
                    since,
                    each.why(),
                    each.differences()));
        }
        boolean agree = judged.stream().noneMatch(router -> router.differs() || router.why() != null);
        return new Comparison(now, agree, words(now, judged, answering.size(), majority != null, agree), judged);
    }

    private static @Nullable String majority(List<Router> answering) {
        return answering.stream()
                .collect(Collectors.groupingBy(Router::digest, Collectors.counting()))
                .entrySet()
                .stream()
                .max(Comparator.comparingLong(Map.Entry::getValue))
                .filter(most -> most.getValue() * 2 > answering.size())
                .map(Map.Entry::getKey)
                .orElse(null);
    }

    private static String words(long now, List<Router> routers, int answering, boolean isMajority, boolean agree) {
        if (agree) {
            return routers.size() == 1
                    ? "one router; there is no other to compare it with"
                    : "all %d routers answer the same".formatted(routers.size());
        }
        Function<Router, String> differs = router -> "%s differs from %s since %s%s"
                .formatted(
                        router.address(),
                        isMajority ? "the others" : "this router",
                        ago(now - router.sinceMs()),
                        router.differences().isEmpty()
                                ? ""
                                : ", for "
                                        + router.differences().stream()
                                                .map(Comparison.Difference::service)
                                                .collect(Collectors.joining(", ")));
        Function<Router, String> silent = router -> "%s does not answer since %s: %s"
                .formatted(router.address(), ago(now - router.sinceMs()), router.why());
        return "%d of %d routers answer; ".formatted(answering, routers.size())
                + routers.stream()
                        .filter(router -> router.differs() || router.why() != null)
                        .map(router -> router.why() == null ? differs.apply(router) : silent.apply(router))
                        .collect(Collectors.joining("; "));
    }

    private static String ago(long ms) {
        Duration passed = Duration.ofMillis(Math.max(0, ms));
        return passed.toMinutes() > 0
                ? "%d min %d s".formatted(passed.toMinutes(), passed.toSecondsPart())
                : passed.toSeconds() + " s";
    }
}
