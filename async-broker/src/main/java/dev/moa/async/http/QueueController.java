package dev.moa.async.http;

import dev.moa.async.AsyncProperties;
import dev.moa.async.ConditionalOnRole;
import dev.moa.async.table.TableFeed;
import dev.moa.async.table.TaskTable;
import dev.moa.async.task.TaskState;
import dev.moa.async.work.Worker;
import io.swagger.v3.oas.annotations.Operation;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tells what waits, by target. */
@RestController
@ConditionalOnRole(AsyncProperties.Role.BROKER)
@RequestMapping(path = "/v1/queues", produces = MediaType.APPLICATION_JSON_VALUE)
class QueueController {
    private final TaskTable table;
    private final TableFeed feed;
    private final ObjectProvider<Worker> worker;
    private final Clock clock;

    QueueController(TaskTable table, TableFeed feed, ObjectProvider<Worker> worker, Clock clock) {
        this.table = table;
        this.feed = feed;
        this.worker = worker;
        this.clock = clock;
    }

    /**
     * What waits for one target.
     *
     * @param target the service, or scheme, host and port
     * @param depth tasks that have not ended
     * @param inFlight attempts under way
     * @param delayed tasks whose time has not come
     * @param retrying tasks that failed and wait for their next attempt
     * @param oldestMs age of the oldest task that is due and has not ended
     * @param shut whether the worker of this process leaves the target alone for a while, as it did not answer
     */
    record Queue(
            String target,
            int depth,
            int inFlight,
            int delayed,
            int retrying,
            @Nullable Long oldestMs,
            boolean shut) {}

    /**
     * What waits in all.
     *
     * @param depth tasks that have not ended
     * @param inFlight attempts under way
     * @param notListed tasks further back in the queue than are known one by one
     * @param deadLetters dead letters
     * @param oldestMs age of the oldest task that is due and has not ended
     * @param targets the same by target
     */
    record Queues(
            long depth,
            int inFlight,
            long notListed,
            int deadLetters,
            @Nullable Long oldestMs,
            List<Queue> targets) {}

    @Operation(summary = "What waits, by target")
    @GetMapping
    Queues queues() {
        Worker local = worker.getIfAvailable();
        Map<String, Integer> running = local == null ? Map.of() : local.inFlightByTarget();
        Set<String> shut = local == null ? Set.of() : local.shutTargets();
        Map<String, Map<TaskState, Integer>> counts = new TreeMap<>(table.countsByTarget());
        running.keySet().forEach(target -> counts.putIfAbsent(target, Map.of()));
        Map<String, Long> oldest = table.oldestByTarget();
        long now = clock.millis();
        List<Queue> targets = new ArrayList<>();
        int inFlight = 0;
        long depth = 0;
        Long oldestOfAll = null;
        for (Map.Entry<String, Map<TaskState, Integer>> each : counts.entrySet()) {
            String target = each.getKey();
            Map<TaskState, Integer> states = each.getValue();
            int waiting = states.values().stream().mapToInt(Integer::intValue).sum();
            int flying = Math.max(running.getOrDefault(target, 0), states.getOrDefault(TaskState.RUNNING, 0));
            Long since = oldest.get(target);
            Long age = since == null ? null : Math.max(0, now - since);
            if (age != null && (oldestOfAll == null || age > oldestOfAll)) {
                oldestOfAll = age;
            }
            depth += waiting;
            inFlight += flying;
            targets.add(new Queue(
                    target,
                    waiting,
                    flying,
                    states.getOrDefault(TaskState.DELAYED, 0),
                    states.getOrDefault(TaskState.RETRYING, 0),
                    age,
                    shut.contains(target)));
        }
        long notListed = table.hasRoom() ? 0 : feed.tasksBehind();
        return new Queues(depth + notListed, inFlight, notListed, table.deadCount(), oldestOfAll, targets);
    }
}
