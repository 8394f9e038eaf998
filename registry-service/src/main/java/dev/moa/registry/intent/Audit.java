package dev.moa.registry.intent;

import dev.moa.registry.store.RedisStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.domain.Range;
import org.springframework.data.redis.connection.Limit;
import org.springframework.data.redis.connection.RedisStreamCommands.XAddOptions;
import org.springframework.data.redis.connection.stream.MapRecord;
import org.springframework.data.redis.connection.stream.StreamRecords;

/**
 * Who did what: a bounded stream in Redis, and the log, which outlives Redis. Its times are those of the stream's ids,
 * which Redis gives.
 */
public final class Audit {
    private static final Logger log = LoggerFactory.getLogger(Audit.class);
    private static final String KEY = "moa:registry:audit";
    /** As the service of what was done to all of them. */
    static final String ALL = "*";

    private static final int MOST_READ = 5_000;

    private final RedisStore store;
    private final int kept;

    Audit(RedisStore store, int kept) {
        this.store = store;
        this.kept = kept;
    }

    /** Takes down what an operator did. */
    public void record(
            String author, String action, String service, @Nullable String instance, String reason, String detail) {
        log.info("audit: {} by {} on {} {}: {} {}", action, author, service, instance, reason, detail);
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("author", author);
        fields.put("action", action);
        fields.put("service", service);
        fields.put("instance", Objects.requireNonNullElse(instance, ""));
        fields.put("reason", reason);
        fields.put("detail", detail);
        store.ask(
                "audit",
                redis -> Objects.requireNonNull(redis.opsForStream()
                        .add(
                                StreamRecords.mapBacked(fields).withStreamKey(KEY),
                                XAddOptions.maxlen(kept).approximateTrimming(true))));
    }

    /** Returns the newest entries, all or those about one service, what was done to all among them; looks at the last 5,000. */
    public List<AuditEntry> read(@Nullable String service, int limit) {
        List<MapRecord<String, String, String>> records = store.ask(
                "audit",
                redis -> Objects.requireNonNull(redis.<String, String>opsForStream()
                        .reverseRange(KEY, Range.unbounded(), Limit.limit().count(MOST_READ))));
        List<AuditEntry> entries = new ArrayList<>();
        for (MapRecord<String, String, String> each : records) {
            Map<String, String> fields = each.getValue();
            if (entries.size() < limit && (service == null || isAbout(service, fields.get("service")))) {
                String instance = fields.getOrDefault("instance", "");
                entries.add(new AuditEntry(
                        Objects.requireNonNullElse(each.getId().getTimestamp(), 0L),
                        fields.getOrDefault("author", ""),
                        fields.getOrDefault("action", ""),
                        fields.getOrDefault("service", ""),
                        instance.isEmpty() ? null : instance,
                        fields.getOrDefault("reason", ""),
                        fields.getOrDefault("detail", "")));
            }
        }
        return entries;
    }

    private static boolean isAbout(String service, @Nullable String whose) {
        return service.equals(whose) || ALL.equals(whose);
    }
}
