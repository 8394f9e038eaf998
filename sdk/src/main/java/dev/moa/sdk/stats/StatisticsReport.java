package dev.moa.sdk.stats;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What one process has counted between two moments: the only argument of {@code report} of
 * {@code /service/monitor}. The numbers are differences, not running totals; {@code (bootId, seq)} says which
 * report it is, so that one that arrives twice is counted once. It never reaches over a minute's edge.
 *
 * @param bootId a random mark of this start of the process
 * @param seq 1 for the first report of the process, then one more each; a gap is a report that was dropped
 * @param app what the process calls itself
 * @param instance which process of the app it is
 * @param fromMs the beginning, in milliseconds since 1970 by the process's own clock
 * @param toMs the end
 * @param droppedReports reports that this process has dropped since its start because its buffer was full
 * @param refusedMethods methods that were counted as {@link Statistics#OTHER} since its start
 * @param services the services that this process serves, whether or not they were called; at most
 *     {@value #MAX_SERVICES}
 * @param methods one entry per method and side that had calls, at most {@value #MAX_METHODS}
 * @param process how the process is; null in all but the first of several reports about the same moments
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StatisticsReport(
        String bootId,
        long seq,
        String app,
        String instance,
        long fromMs,
        long toMs,
        long droppedReports,
        long refusedMethods,
        List<String> services,
        List<MethodDelta> methods,
        @Nullable ProcessStatistics process) {

    /** The most methods in a report. */
    public static final int MAX_METHODS = 2_000;

    /** The most services in a report. */
    public static final int MAX_SERVICES = 500;

    /** The longest report, in bytes of JSON. */
    public static final int MAX_BYTES = 1 << 20;

    private static final int MAX_DEPTH = 8;
    private static final Pattern NAME = Pattern.compile("[\\x21-\\x7e][\\x20-\\x7e]{0,127}");
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(20)
                            .maxStringLength(64 * 1024)
                            .maxNameLength(200)
                            .maxDocumentLength(MAX_BYTES)
                            .build())
                    .build())
            // an sdk that is newer than the monitor may say more
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    /** @throws IllegalArgumentException if a value is missing, negative or too long */
    public StatisticsReport {
        requireName("bootId", bootId);
        requireName("app", app);
        requireName("instance", instance);
        requireCount("seq", seq);
        requireCount("fromMs", fromMs);
        requireCount("droppedReports", droppedReports);
        requireCount("refusedMethods", refusedMethods);
        if (toMs < fromMs) {
            throw new IllegalArgumentException("toMs: %d (expected: >= fromMs %d)".formatted(toMs, fromMs));
        }
        services = services == null ? List.of() : List.copyOf(services);
        if (services.size() > MAX_SERVICES) {
            throw new IllegalArgumentException(
                    "services: %d (expected: at most %d)".formatted(services.size(), MAX_SERVICES));
        }
        services.forEach(service -> requireName("service", service));
        if (methods == null || methods.size() > MAX_METHODS) {
            throw new IllegalArgumentException("methods: %s (expected: a list of at most %d)"
                    .formatted(methods == null ? "none" : methods.size(), MAX_METHODS));
        }
        methods = List.copyOf(methods);
    }

    /**
     * What was counted of one method on one side.
     *
     * @param codes failures by the number of their status code; successes are what is left of {@code count}
     * @param inFlight calls that had begun and not ended at the end of the report
     * @param latency how long the calls took, failed ones too
     */
    public record MethodDelta(
            String service,
            String method,
            CallSide side,
            long count,
            Map<Integer, Long> codes,
            long inFlight,
            long bytesIn,
            long bytesOut,
            LatencyHistogram latency) {

        /** @throws IllegalArgumentException if a value is missing, negative or too long */
        public MethodDelta {
            requireName("service", service);
            requireName("method", method);
            requireCount("count", count);
            requireCount("inFlight", inFlight);
            requireCount("bytesIn", bytesIn);
            requireCount("bytesOut", bytesOut);
            if (side == null || latency == null) {
                throw new IllegalArgumentException("%s %s: no %s (expected: client or server, and a histogram)"
                        .formatted(service, method, side == null ? "side" : "latency"));
            }
            if (latency.count() != count) {
                throw new IllegalArgumentException(
                        "count: %d (expected: %d as in latency)".formatted(count, latency.count()));
            }
            codes = codes == null ? Map.of() : new TreeMap<>(codes);
            codes.forEach((code, failures) -> {
                if (code < 1 || code > 99 || failures == null || failures < 0) {
                    throw new IllegalArgumentException(
                            "codes: %d of code %d (expected: >= 0 of 1 to 99)".formatted(failures, code));
                }
            });
        }

        String key() {
            return side + " " + service + " " + method;
        }

        MethodDelta and(MethodDelta later) {
            LatencyHistogram both = new LatencyHistogram();
            both.add(latency);
            both.add(later.latency);
            Map<Integer, Long> sums = new TreeMap<>(codes);
            later.codes.forEach((code, failures) -> sums.merge(code, failures, Long::sum));
            return new MethodDelta(
                    service,
                    method,
                    side,
                    both.count(),
                    sums,
                    later.inFlight,
                    bytesIn + later.bytesIn,
                    bytesOut + later.bytesOut,
                    both);
        }

        /** Returns how many calls failed. */
        public long errors() {
            return codes.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /** Returns whether {@code later} is of the same process and begins in the same minute. */
    boolean isSameMinute(StatisticsReport later) {
        return bootId.equals(later.bootId) && fromMs / 60_000 == later.fromMs / 60_000;
    }

    /** Returns this report with all that {@code later} has counted, under this one's number. */
    StatisticsReport and(StatisticsReport later) {
        Map<String, MethodDelta> all = new LinkedHashMap<>();
        for (MethodDelta delta : methods) {
            all.put(delta.key(), delta);
        }
        for (MethodDelta delta : later.methods) {
            all.merge(delta.key(), delta, MethodDelta::and);
        }
        return new StatisticsReport(
                bootId,
                seq,
                app,
                instance,
                fromMs,
                later.toMs,
                later.droppedReports,
                later.refusedMethods,
                later.services,
                List.copyOf(all.values()),
                process == null || later.process == null ? later.process : process.and(later.process));
    }

    /** Returns the report as JSON. */
    public byte[] toJson() {
        return JSON.writeValueAsBytes(this);
    }

    /** @throws IllegalArgumentException if {@code json} is not a report, or too big */
    public static StatisticsReport fromJson(byte[] json, int offset, int length) {
        if (length > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "report: %d bytes (expected: at most %d; send several)".formatted(length, MAX_BYTES));
        }
        try {
            return JSON.readValue(json, offset, length, StatisticsReport.class);
        } catch (JacksonException e) {
            throw new IllegalArgumentException(inWords(e), e);
        }
    }

    private static String inWords(JacksonException failure) {
        // the text of a constructor above, or the place where the JSON is not what it should be
        if (failure.getCause() instanceof IllegalArgumentException refused && refused.getMessage() != null) {
            return refused.getMessage();
        }
        if (failure.getPath().isEmpty()) {
            return "report: it is not a JSON object of at most %d levels (%s)"
                    .formatted(MAX_DEPTH, failure.getOriginalMessage());
        }
        StringBuilder place = new StringBuilder("report");
        for (JacksonException.Reference step : failure.getPath()) {
            place.append(step.getPropertyName() == null ? "[" + step.getIndex() + "]" : "." + step.getPropertyName());
        }
        return place.append(": missing, or of another type than expected").toString();
    }

    /** @throws IllegalArgumentException if {@code json} is not a report, or too big */
    public static StatisticsReport fromJson(byte[] json) {
        return fromJson(json, 0, json.length);
    }

    private static void requireName(String what, String value) {
        if (value == null || !NAME.matcher(value).matches()) {
            throw new IllegalArgumentException("%s: %s (expected: 1 to 128 printable ASCII characters)"
                    .formatted(what, value == null ? "none" : "'" + value + "'"));
        }
    }

    private static void requireCount(String what, long value) {
        if (value < 0) {
            throw new IllegalArgumentException("%s: %d (expected: >= 0)".formatted(what, value));
        }
    }
}
