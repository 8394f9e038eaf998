package dev.moa.monitor.query;

import dev.moa.monitor.minute.MethodKey;
import dev.moa.protocol.StatusCode;

/** The totals of all instances in Prometheus's text format 0.0.4. Safe for many threads. */
public final class PrometheusText {
    private final Totals totals;
    private final StatsQuery query;

    public PrometheusText(Totals totals, StatsQuery query) {
        this.totals = totals;
        this.query = query;
    }

    public String write() {
        StringBuilder text = new StringBuilder(16 * 1024);
        totals.write(all -> {
            head(text, "moa_calls_total", "counter", "Calls, failed ones too, over all instances that report.");
            all.forEach((key, total) -> line(text, "moa_calls_total", key, "", total.count));
            head(text, "moa_errors_total", "counter", "Calls that failed, by status code.");
            all.forEach((key, total) -> total.codes.forEach((code, failures) ->
                    line(text, "moa_errors_total", key, ",code=\"" + codeName(code) + "\"", failures)));
            head(text, "moa_call_bytes_in_total", "counter", "Body bytes that came in.");
            all.forEach((key, total) -> line(text, "moa_call_bytes_in_total", key, "", total.bytesIn));
            head(text, "moa_call_bytes_out_total", "counter", "Body bytes that went out.");
            all.forEach((key, total) -> line(text, "moa_call_bytes_out_total", key, "", total.bytesOut));
            head(text, "moa_call_duration_seconds", "histogram", "How long calls took.");
            all.forEach((key, total) -> histogram(text, key, total));
        });
        LiveAnswer live = query.live(60_000, null);
        gauge(text, "moa_instances_reporting", "Instances that reported in the last minute.", live.reporting());
        gauge(text, "moa_processes_reporting", "Processes that reported in the last minute.", live.processes());
        Integer registered = live.registered();
        if (registered != null) {
            gauge(text, "moa_instances_registered", "Instances in the registry.", registered);
        }
        return text.toString();
    }

    private static void histogram(StringBuilder text, MethodKey key, Totals.Total total) {
        for (int i = 0; i < Totals.BOUNDS_SECONDS.length; i++) {
            line(
                    text,
                    "moa_call_duration_seconds_bucket",
                    key,
                    ",le=\"" + number(Totals.BOUNDS_SECONDS[i]) + "\"",
                    total.upTo[i]);
        }
        line(text, "moa_call_duration_seconds_bucket", key, ",le=\"+Inf\"", total.count);
        labelled(text, "moa_call_duration_seconds_sum", key, "")
                .append(total.sumNanos / 1e9)
                .append('\n');
        line(text, "moa_call_duration_seconds_count", key, "", total.count);
    }

    private static String number(double value) {
        return value == Math.rint(value)
                ? Long.toString((long) value)
                : Double.toString(value).replace("5.0E-4", "0.0005");
    }

    private static String codeName(int code) {
        return code < StatusCode.values().length ? StatusCode.of(code).name() : Integer.toString(code);
    }

    private static void head(StringBuilder text, String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private static void gauge(StringBuilder text, String name, String help, long value) {
        head(text, name, "gauge", help);
        text.append(name).append(' ').append(value).append('\n');
    }

    private static void line(StringBuilder text, String name, MethodKey key, String more, long value) {
        labelled(text, name, key, more).append(value).append('\n');
    }

    private static StringBuilder labelled(StringBuilder text, String name, MethodKey key, String more) {
        return text.append(name)
                .append("{service=\"")
                .append(escaped(key.service()))
                .append("\",method=\"")
                .append(escaped(key.method()))
                .append("\",side=\"")
                .append(key.side().word())
                .append('"')
                .append(more)
                .append("} ");
    }

    private static String escaped(String value) {
        return value.indexOf('"') < 0 && value.indexOf('\\') < 0
                ? value
                : value.replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
