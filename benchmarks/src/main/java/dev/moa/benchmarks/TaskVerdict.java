package dev.moa.benchmarks;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/** Asks the broker for every acknowledged task until each has ended, and compares with the ledger. */
final class TaskVerdict {

    private static final Set<String> TERMINAL = Set.of("SUCCEEDED", "DEAD", "CANCELLED");
    private static final int AT_ONCE = 32;

    private final int brokerPort;
    private final TaskLedger ledger;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final Map<String, String> ended = new HashMap<>();
    private final List<String> notEnded = new ArrayList<>();

    TaskVerdict(int brokerPort, TaskLedger ledger) {
        this.brokerPort = brokerPort;
        this.ledger = ledger;
    }

    /** Returns whether every acknowledged task has ended within {@code limit}, once, and was delivered if it says so. */
    boolean await(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        List<String> open = ledger.acknowledgedIds();
        while (!open.isEmpty() && System.nanoTime() < end) {
            open = stillOpen(open);
            if (!open.isEmpty()) {
                TimeUnit.MILLISECONDS.sleep(500);
            }
        }
        notEnded.addAll(open);
        // a state that is terminal must stay: look at all of them once more
        Map<String, String> first = new HashMap<>(ended);
        stillOpen(List.copyOf(first.keySet())).forEach(notEnded::add);
        return notEnded.isEmpty() && ended.equals(first) && undelivered() == 0 && !first.isEmpty();
    }

    List<String> lines() {
        Map<String, Integer> states = new TreeMap<>();
        ended.values().forEach(state -> states.merge(state, 1, Integer::sum));
        long twice = ended.keySet().stream()
                .filter(id -> ledger.deliveriesOf(id) > 1)
                .count();
        List<String> lines = new ArrayList<>();
        lines.add(
                "tasks acknowledged: %d, ended: %s, not ended: %d, SUCCEEDED without a delivery: %d, delivered more than once: %d"
                        .formatted(ledger.acknowledged(), states, notEnded.size(), undelivered(), twice));
        notEnded.stream().limit(5).forEach(id -> lines.add("not ended: " + id));
        return lines;
    }

    private long undelivered() {
        return ended.entrySet().stream()
                .filter(task -> task.getValue().equals("SUCCEEDED") && ledger.deliveriesOf(task.getKey()) == 0)
                .count();
    }

    private List<String> stillOpen(List<String> ids) {
        List<String> open = new ArrayList<>();
        for (int from = 0; from < ids.size(); from += AT_ONCE) {
            List<String> some = ids.subList(from, Math.min(ids.size(), from + AT_ONCE));
            List<CompletableFuture<String>> states =
                    some.stream().map(this::state).toList();
            for (int i = 0; i < some.size(); i++) {
                String state = states.get(i).join();
                if (TERMINAL.contains(state)) {
                    ended.put(some.get(i), state);
                } else {
                    open.add(some.get(i));
                }
            }
        }
        return open;
    }

    private CompletableFuture<String> state(String id) {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:%d/v1/tasks/%s".formatted(brokerPort, id)))
                .timeout(Duration.ofSeconds(5))
                .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .handle((answer, failure) -> failure != null || answer.statusCode() != 200
                        ? "UNKNOWN"
                        : JsonMapper.shared()
                                .readTree(answer.body())
                                .path("state")
                                .asString());
    }
}
