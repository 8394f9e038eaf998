package dev.moa.async.accept;

import dev.moa.async.deliver.AddressGuard;
import dev.moa.async.task.RetryPolicy;
import dev.moa.async.task.Target;
import dev.moa.async.task.Task;
import dev.moa.async.task.TaskId;
import dev.moa.async.task.TaskProblem;
import dev.moa.async.task.TraceParent;
import dev.moa.protocol.CallContext;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.MethodName;
import dev.moa.protocol.Payload;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.json.CallJson;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads what someone submits into a {@link Task}, or says what is wrong with it. */
public final class SubmissionReader {
    private static final int MAX_KEY = 256;
    private static final int MAX_HEADERS = 32;
    private static final int MAX_HEADER = 2_048;
    private static final int MAX_URL = 2_048;
    private static final Set<String> TASK_FIELDS = Set.of("key", "delayMs", "dedupeKey", "retry");
    private static final Set<String> RETRY_FIELDS = Set.of("maxAttempts", "backoffMs", "maxBackoffMs");
    private static final Set<String> URL_FIELDS = Set.of("id", "url", "method", "headers", "body", "ctx", "task");
    private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD");
    /** Set by moa itself, or about one connection only (RFC 9110, 7.6.1). */
    private static final Set<String> OWN_HEADERS = Set.of(
            "host",
            "content-length",
            "transfer-encoding",
            "connection",
            "keep-alive",
            "proxy-connection",
            "upgrade",
            "te",
            "trailer",
            "expect",
            "moa-task-id",
            "moa-attempt",
            "traceparent");

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(100).build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final SubmissionProperties properties;
    private final AddressGuard guard;
    private final Clock clock;

    public SubmissionReader(SubmissionProperties properties, AddressGuard guard, Clock clock) {
        this.properties = properties;
        this.guard = guard;
        this.clock = clock;
    }

    /** Returns how many bytes a submission may have. */
    public int maxBytes() {
        return (int) properties.maxSize().toBytes();
    }

    /**
     * Reads a submission in either form: a request object with {@code task}, or an object with {@code url}.
     *
     * @throws dev.moa.protocol.MoaException that says what is wrong
     */
    public Task read(byte[] utf8) {
        if (utf8.length > maxBytes()) {
            throw tooLarge(utf8.length);
        }
        return hasUrl(utf8) ? readUrl(utf8) : read(CallJson.readRequest(utf8));
    }

    /**
     * Reads a request object that came in by the moa port.
     *
     * @throws dev.moa.protocol.MoaException that says what is wrong
     */
    public Task read(CallRequest request) {
        Payload task = request.task();
        if (task == null) {
            throw new TaskProblem(
                    StatusCode.INVALID_ARGUMENT,
                    "task: absent (expected: an object, {} at least): this port accepts tasks, it does not call services",
                    null,
                    null,
                    "add \"task\":{} to send it later and durably, or call the service itself, or the parallel proxy");
        }
        if (MethodName.isBuiltIn(request.method())) {
            throw TaskProblem.invalid("method", request.method(), "a method of the service, not a built-in one");
        }
        Payload args = request.args();
        if (args.length() > maxBytes()) {
            throw tooLarge(args.length());
        }
        byte[] body = new byte[args.length()];
        System.arraycopy(args.array(), args.offset(), body, 0, body.length);
        return task(
                parse(task.array(), task.offset(), task.length(), "task"),
                new Target.ServiceTarget(request.service(), request.method()),
                request.ctx(),
                body);
    }

    private Task readUrl(byte[] utf8) {
        JsonNode root = parse(utf8, 0, utf8.length, "the submission");
        onlyFields(root, "", URL_FIELDS);
        String text = string(root, "url", "url", MAX_URL);
        URI url;
        try {
            url = new URI(text == null ? "" : text);
        } catch (URISyntaxException e) {
            throw TaskProblem.invalid("url", text, "an absolute URL, http or https: " + e.getReason());
        }
        guard.check(url);
        String given = string(root, "method", "method", 16);
        String method = given == null ? "POST" : given.toUpperCase(Locale.ROOT);
        if (!METHODS.contains(method)) {
            throw TaskProblem.invalid("method", given, "one of GET, POST, PUT, PATCH, DELETE, HEAD");
        }
        Map<String, String> headers = headers(root.get("headers"));
        byte[] body = body(root.get("body"));
        JsonNode task = root.get("task");
        return task(
                task == null ? JSON.createObjectNode() : task,
                new Target.HttpTarget(withoutFragment(url), method, headers),
                ctx(root.get("ctx")),
                body);
    }

    private Task task(JsonNode spec, Target target, CallContext ctx, byte[] body) {
        if (!spec.isObject()) {
            throw TaskProblem.invalid("task", spec.toString(), "an object");
        }
        onlyFields(spec, "task.", TASK_FIELDS);
        long now = clock.millis();
        String key = string(spec, "key", "task.key", MAX_KEY);
        String dedupeKey = string(spec, "dedupeKey", "task.dedupeKey", MAX_KEY);
        long delay =
                number(spec, "delayMs", "task.delayMs", 0, properties.maxDelay().toMillis(), 0);
        long timeout = ctx.timeoutMs() == 0 ? properties.timeout().toMillis() : ctx.timeoutMs();
        if (timeout > properties.maxTimeout().toMillis()) {
            throw TaskProblem.invalid(
                    "ctx.timeoutMs",
                    Long.toString(timeout),
                    "at most " + properties.maxTimeout().toMillis());
        }
        TaskId id = dedupeKey == null ? TaskId.create(ctx.traceparent()) : TaskId.ofDedupeKey(dedupeKey);
        return new Task(
                id,
                1,
                key,
                now,
                now + delay,
                retry(spec.get("retry")),
                timeout,
                target,
                ctx.app(),
                TraceParent.orOf(id, ctx.traceparent()),
                ctx.path(),
                ctx.tags(),
                body);
    }

    private RetryPolicy retry(@Nullable JsonNode spec) {
        long backoff = properties.backoff().toMillis();
        long maxBackoff = properties.maxBackoff().toMillis();
        if (spec == null) {
            return new RetryPolicy(properties.maxAttempts(), backoff, maxBackoff);
        }
        if (!spec.isObject()) {
            throw TaskProblem.invalid("task.retry", spec.toString(), "an object");
        }
        onlyFields(spec, "task.retry.", RETRY_FIELDS);
        backoff = number(spec, "backoffMs", "task.retry.backoffMs", 1, 86_400_000, backoff);
        return new RetryPolicy(
                (int) number(spec, "maxAttempts", "task.retry.maxAttempts", 1, 1_000, properties.maxAttempts()),
                backoff,
                number(
                        spec,
                        "maxBackoffMs",
                        "task.retry.maxBackoffMs",
                        backoff,
                        86_400_000,
                        Math.max(backoff, maxBackoff)));
    }

    private static Map<String, String> headers(@Nullable JsonNode node) {
        if (node == null || node.isNull()) {
            return Map.of();
        }
        if (!node.isObject() || node.size() > MAX_HEADERS) {
            throw TaskProblem.invalid(
                    "headers", node.size() + " entries", "an object of at most " + MAX_HEADERS + " strings");
        }
        Map<String, String> headers = new HashMap<>();
        for (Map.Entry<String, JsonNode> header : node.properties()) {
            String name = header.getKey();
            if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}")) {
                throw TaskProblem.invalid("headers", name, "names of letters, digits and -, at most 64 characters");
            }
            if (OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
                throw TaskProblem.invalid("headers", name, "no header that moa sets itself");
            }
            String value = header.getValue().isString() ? header.getValue().stringValue() : null;
            if (value == null || value.length() > MAX_HEADER || !value.matches("[\\t\\x20-\\x7e\\x80-\\xff]*")) {
                throw TaskProblem.invalid(
                        "headers." + name, null, "a string of at most " + MAX_HEADER + " visible characters");
            }
            headers.put(name, value);
        }
        return headers;
    }

    /** A string is sent as it is, anything else as JSON. */
    private static byte[] body(@Nullable JsonNode node) {
        if (node == null || node.isNull()) {
            return new byte[0];
        }
        return node.isString() ? node.stringValue().getBytes(StandardCharsets.UTF_8) : JSON.writeValueAsBytes(node);
    }

    private static CallContext ctx(@Nullable JsonNode node) {
        if (node == null || node.isNull()) {
            return CallContext.EMPTY;
        }
        if (!node.isObject()) {
            throw TaskProblem.invalid("ctx", node.toString(), "an object");
        }
        Map<String, String> tags = new HashMap<>();
        JsonNode given = node.get("tags");
        if (given != null && given.isObject() && given.size() <= 32) {
            for (Map.Entry<String, JsonNode> tag : given.properties()) {
                if (tag.getValue().isString()) {
                    tags.put(tag.getKey(), tag.getValue().stringValue());
                }
            }
        }
        return new CallContext(
                string(node, "app", "ctx.app", 64),
                number(node, "timeoutMs", "ctx.timeoutMs", 0, Integer.MAX_VALUE, 0),
                string(node, "traceparent", "ctx.traceparent", 64),
                string(node, "path", "ctx.path", 256),
                tags);
    }

    private static URI withoutFragment(URI url) {
        String text = url.toString();
        int hash = text.indexOf('#');
        return hash < 0 ? url : URI.create(text.substring(0, hash));
    }

    /** Returns whether the top level of the object has {@code url}, without building any of it. */
    private static boolean hasUrl(byte[] utf8) {
        try (JsonParser parser = JSON.createParser(utf8)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw TaskProblem.invalid("the submission", null, "a JSON object");
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                if (parser.currentName().equals("url")) {
                    return true;
                }
                parser.nextToken();
                parser.skipChildren();
            }
            return false;
        } catch (JacksonException e) {
            throw broken("the submission", e);
        }
    }

    private static JsonNode parse(byte[] utf8, int offset, int length, String what) {
        try {
            return JSON.readTree(utf8, offset, length);
        } catch (JacksonException e) {
            throw broken(what, e);
        }
    }

    private static TaskProblem broken(String what, JacksonException e) {
        String where =
                e.getLocation() == null ? "" : " at byte " + e.getLocation().getByteOffset();
        return new TaskProblem(
                StatusCode.INVALID_ARGUMENT,
                what + ": not JSON" + where + ": " + e.getOriginalMessage(),
                null,
                "one JSON object",
                "correct the JSON and submit again");
    }

    private static void onlyFields(JsonNode node, String prefix, Set<String> known) {
        Set<String> unknown = new HashSet<>(node.propertyNames());
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw TaskProblem.invalid(
                    prefix + unknown.iterator().next(),
                    "unknown",
                    "only " + String.join(", ", known.stream().sorted().toList()));
        }
    }

    private static @Nullable String string(JsonNode node, String field, String shown, int maxLength) {
        JsonNode value = node.get(field);
        if (value == null || value.isNull()) {
            return null;
        }
        String text = value.isString() ? value.stringValue() : "";
        if (text.isEmpty() || text.length() > maxLength) {
            throw TaskProblem.invalid(shown, value.toString(), "a string of 1 to " + maxLength + " characters");
        }
        return text;
    }

    private static long number(JsonNode node, String field, String shown, long min, long max, long absent) {
        JsonNode value = node.get(field);
        if (value == null || value.isNull()) {
            return absent;
        }
        if (!value.isIntegralNumber()
                || !value.canConvertToLong()
                || value.longValue() < min
                || value.longValue() > max) {
            throw TaskProblem.invalid(shown, value.toString(), "a whole number from %d to %d".formatted(min, max));
        }
        return value.longValue();
    }

    private TaskProblem tooLarge(long bytes) {
        return new TaskProblem(
                StatusCode.INVALID_ARGUMENT,
                "the submission has %d bytes (expected: at most %d)".formatted(bytes, maxBytes()),
                Long.toString(bytes),
                maxBytes() + " bytes (moa.async.task.max-size)",
                "store the data elsewhere and send its address");
    }
}
