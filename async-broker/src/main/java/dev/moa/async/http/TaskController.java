package dev.moa.async.http;

import dev.moa.async.AsyncProperties;
import dev.moa.async.ConditionalOnRole;
import dev.moa.async.accept.Accepted;
import dev.moa.async.accept.Broker;
import dev.moa.async.accept.SubmissionReader;
import dev.moa.async.accept.TaskReport;
import dev.moa.async.task.Task;
import dev.moa.async.task.TaskId;
import dev.moa.async.task.TaskProblem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Submits tasks, tells how far they got, cancels them. */
@RestController
@ConditionalOnRole(AsyncProperties.Role.BROKER)
@RequestMapping(path = "/v1/tasks", produces = MediaType.APPLICATION_JSON_VALUE)
class TaskController {
    private final SubmissionReader submissions;
    private final Broker broker;

    TaskController(SubmissionReader submissions, Broker broker) {
        this.submissions = submissions;
        this.broker = broker;
    }

    @Operation(
            summary = "Accept a task",
            description =
                    "A request object with task:{key, delayMs, dedupeKey, retry}, or {url, method, headers, body, task}."
                            + " Answered once the task is durable; 503 says that it may have been accepted.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_VALUE,
                            examples = {
                                @ExampleObject(
                                        name = "to a service",
                                        value =
                                                "{\"service\":\"/service/helloworld\",\"method\":\"hello\",\"args\":[\"later\"],\"task\":{\"key\":\"u1\",\"delayMs\":5000}}"),
                                @ExampleObject(
                                        name = "to an HTTP endpoint",
                                        value =
                                                "{\"url\":\"https://example.com/hook\",\"method\":\"POST\",\"headers\":{\"X-Key\":\"1\"},\"body\":{\"a\":1},\"task\":{\"dedupeKey\":\"order-7\",\"retry\":{\"maxAttempts\":5,\"backoffMs\":1000}}}")
                            }))
    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    CompletableFuture<ResponseEntity<Accepted>> submit(@Parameter(hidden = true) HttpServletRequest request)
            throws IOException {
        int limit = submissions.maxBytes();
        // one more than allowed, so that the reader sees that it is too much
        byte[] body = request.getInputStream().readNBytes(limit + 1);
        Task task = submissions.read(body);
        return broker.submit(task)
                .thenApply(accepted -> ResponseEntity.accepted()
                        .location(URI.create("/v1/tasks/" + accepted.taskId()))
                        .body(accepted));
    }

    @Operation(summary = "How far a task got")
    @GetMapping("/{id}")
    TaskReport report(@PathVariable String id) {
        return broker.report(parse(id));
    }

    @Operation(
            summary = "Cancel a task that waits",
            description = "200 and CANCELLED, or 409: it is over, or an attempt is under way.")
    @DeleteMapping("/{id}")
    TaskReport cancel(@PathVariable String id) {
        return broker.cancel(parse(id));
    }

    static TaskId parse(String id) {
        try {
            return TaskId.parse(id);
        } catch (IllegalArgumentException e) {
            throw TaskProblem.invalid("taskId", id, "32 hex digits, a hyphen, 16 hex digits");
        }
    }
}
