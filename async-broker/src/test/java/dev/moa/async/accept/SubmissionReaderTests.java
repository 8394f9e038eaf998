package dev.moa.async.accept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.moa.async.deliver.AddressGuard;
import dev.moa.async.task.RetryPolicy;
import dev.moa.async.task.Target;
import dev.moa.async.task.Task;
import dev.moa.async.task.TaskId;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.StatusCode;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.unit.DataSize;

class SubmissionReaderTests {
    private final SubmissionReader reader = new SubmissionReader(
            new SubmissionProperties(
                    DataSize.ofKilobytes(4),
                    Duration.ofDays(30),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(60),
                    8,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(60)),
            new AddressGuard(List.of(), false),
            Clock.fixed(Instant.ofEpochMilli(1_000), ZoneOffset.UTC));

    @Test
    void requestWithTaskGoesToItsService() {
        Task task = read("""
                {"service":"/service/user","method":"get","args":[1, 2.50],"ctx":{"app":"feed","timeoutMs":300,"tags":{"lane":"blue"}},
                 "task":{"key":"u1","delayMs":500,"retry":{"maxAttempts":3,"backoffMs":10}}}""");

        assertThat(task.target().name()).isEqualTo("/service/user");
        assertThat(new String(task.body(), StandardCharsets.UTF_8)).isEqualTo("[1, 2.50]");
        assertThat(task.key()).isEqualTo("u1");
        assertThat(task.notBeforeMs()).isEqualTo(1_500);
        assertThat(task.retry()).isEqualTo(new RetryPolicy(3, 10, 60_000));
        assertThat(task.timeoutMs()).isEqualTo(300);
        assertThat(task.app()).isEqualTo("feed");
        assertThat(task.tags()).isEqualTo(Map.of("lane", "blue"));
        assertThat(task.traceparent()).startsWith("00-" + task.id().traceId());
    }

    @Test
    void urlWithTaskGoesToItsEndpoint() {
        Task task = read("""
                {"url":"https://example.com/hook?a=b#part","method":"put","headers":{"X-Key":"v"},"body":"text","task":{"dedupeKey":"d"}}""");

        assertThat(task.id()).isEqualTo(TaskId.ofDedupeKey("d"));
        assertThat(task.target()).isInstanceOfSatisfying(Target.HttpTarget.class, target -> {
            assertThat(target.url()).hasToString("https://example.com/hook?a=b");
            assertThat(target.method()).isEqualTo("PUT");
            assertThat(target.headers()).isEqualTo(Map.of("X-Key", "v"));
            assertThat(target.name()).isEqualTo("https://example.com");
        });
        assertThat(new String(task.body(), StandardCharsets.UTF_8)).isEqualTo("text");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nonsense                                                              | not JSON",
                "[]                                                                    | a JSON object",
                "{\"url\":\"http://e.com/\",\"task\":{}                                | not JSON",
                "{\"url\":\"http://e.com/\",\"task\":{}} x                             | not JSON",
                "{\"url\":7,\"task\":{}}                                               | url: 7",
                "{\"url\":\"not a url\",\"task\":{}}                                   | url: not a url",
                "{\"url\":\"http://10.0.0.1/\",\"task\":{}}                            | moa.async.http.allow",
                "{\"url\":\"http://e.com/\",\"methd\":\"GET\"}                         | methd: unknown",
                "{\"url\":\"http://e.com/\",\"method\":\"TRACE\"}                      | method: TRACE",
                "{\"url\":\"http://e.com/\",\"headers\":{\"Host\":\"x\"}}              | headers: Host",
                "{\"url\":\"http://e.com/\",\"headers\":{\"a b\":\"x\"}}               | headers: a b",
                "{\"url\":\"http://e.com/\",\"headers\":{\"a\":\"x\\r\\ny: z\"}}       | headers.a",
                "{\"url\":\"http://e.com/\",\"task\":[]}                               | task: []",
                "{\"url\":\"http://e.com/\",\"task\":{\"delay\":1}}                    | task.delay: unknown",
                "{\"url\":\"http://e.com/\",\"task\":{\"delayMs\":-1}}                 | task.delayMs: -1",
                "{\"url\":\"http://e.com/\",\"task\":{\"delayMs\":1.5}}                | task.delayMs: 1.5",
                "{\"url\":\"http://e.com/\",\"task\":{\"delayMs\":99999999999}}        | task.delayMs",
                "{\"url\":\"http://e.com/\",\"task\":{\"key\":\"\"}}                   | task.key",
                "{\"url\":\"http://e.com/\",\"task\":{\"key\":5}}                      | task.key: 5",
                "{\"url\":\"http://e.com/\",\"task\":{\"retry\":{\"maxAttempts\":0}}}  | task.retry.maxAttempts: 0",
                "{\"url\":\"http://e.com/\",\"task\":{\"retry\":{\"tries\":3}}}        | task.retry.tries",
                "{\"url\":\"http://e.com/\",\"ctx\":{\"timeoutMs\":100000}}            | ctx.timeoutMs: 100000",
                "{\"service\":\"/service/user\",\"method\":\"get\"}                    | task: absent",
                "{\"service\":\"/Service\",\"method\":\"get\",\"task\":{}}             | service",
                "{\"service\":\"/service/user\",\"method\":\"$ping\",\"task\":{}}      | method: $ping"
            })
    void wrongSubmissionIsToldWhatIsWrong(String submission, String message) {
        assertThatThrownBy(() -> read(submission))
                .isInstanceOfSatisfying(
                        MoaException.class, e -> assertThat(e.code()).isEqualTo(StatusCode.INVALID_ARGUMENT))
                .hasMessageContaining(message);
    }

    @Test
    void tooMuchIsRefused() {
        assertThatThrownBy(() -> read("{\"url\":\"http://e.com/\",\"body\":\"%s\"}".formatted("x".repeat(5_000))))
                .hasMessageContaining("at most 4096");
    }

    @Test
    void deepNestingIsRefused() {
        assertThatThrownBy(() -> read(
                        "{\"url\":\"http://e.com/\",\"body\":%s%s}".formatted("[".repeat(1_500), "]".repeat(1_500))))
                .isInstanceOf(MoaException.class);
    }

    private Task read(String submission) {
        return reader.read(submission.getBytes(StandardCharsets.UTF_8));
    }
}
