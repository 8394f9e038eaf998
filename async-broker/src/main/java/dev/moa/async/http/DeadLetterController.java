package dev.moa.async.http;

import dev.moa.async.AsyncProperties;
import dev.moa.async.ConditionalOnRole;
import dev.moa.async.accept.Accepted;
import dev.moa.async.accept.Broker;
import dev.moa.async.accept.TaskReport;
import dev.moa.async.task.TaskProblem;
import io.swagger.v3.oas.annotations.Operation;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Lists dead letters and replays them. */
@RestController
@ConditionalOnRole(AsyncProperties.Role.BROKER)
@RequestMapping(path = "/v1/dead-letters", produces = MediaType.APPLICATION_JSON_VALUE)
class DeadLetterController {
    private static final int MAX_PAGE = 500;
    private static final int MAX_REPLAY = 10_000;

    private final Broker broker;

    DeadLetterController(Broker broker) {
        this.broker = broker;
    }

    /**
     * A page of dead letters.
     *
     * @param deadLetters latest first
     * @param next the cursor of the next page; null on the last
     */
    record Page(List<TaskReport> deadLetters, @Nullable String next) {}

    /**
     * Which dead letters to replay.
     *
     * @param target only those of this target; absent means all
     * @param limit at most so many; 1,000 where absent
     */
    record Filter(@Nullable String target, @Nullable Integer limit) {}

    /**
     * What came of it.
     *
     * @param replayed how many were accepted again
     */
    record Replayed(int replayed) {}

    @Operation(summary = "Dead letters, latest first")
    @GetMapping
    Page list(
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = "50") int limit,
            @RequestParam(required = false) @Nullable String target) {
        if (limit < 1 || limit > MAX_PAGE) {
            throw TaskProblem.invalid("limit", Integer.toString(limit), "1 to " + MAX_PAGE);
        }
        List<TaskReport> page = broker.deadLetters(cursor, limit, target);
        return new Page(page, page.size() < limit ? null : Broker.cursorAfter(page.get(page.size() - 1)));
    }

    @Operation(summary = "Accept a dead letter again")
    @PostMapping("/{id}/replay")
    @ResponseStatus(HttpStatus.ACCEPTED)
    Accepted replay(@PathVariable String id) {
        return broker.replay(TaskController.parse(id));
    }

    @Operation(summary = "Accept dead letters again, oldest first")
    @PostMapping("/replay")
    Replayed replayAll(@RequestBody(required = false) @Nullable Filter filter) {
        Integer limit = filter == null ? null : filter.limit();
        int most = limit == null ? 1_000 : limit;
        if (most < 1 || most > MAX_REPLAY) {
            throw TaskProblem.invalid("limit", Integer.toString(most), "1 to " + MAX_REPLAY);
        }
        return new Replayed(broker.replayAll(filter == null ? null : filter.target(), most));
    }
}
