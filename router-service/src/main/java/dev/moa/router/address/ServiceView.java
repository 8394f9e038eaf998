package dev.moa.router.address;

import dev.moa.protocol.ServiceName;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * An immutable answer for one service, with its JSON encoded at most once per revision: only the source and
 * the age differ from reader to reader.
 *
 * <p>Safe for many threads. The arrays it hands out are shared: nobody writes to them.
 */
public final class ServiceView {
    private static final JsonFactory JSON = new JsonFactory();

    /** Things derived from one view that are kept; clients choose the filters, so there must be an end. */
    private static final int MAX_DERIVED = 64;

    /** Characters of a filter whose list is kept; one that is longer is made each time. */
    private static final int LONGEST_KEPT = 256;

    /** Bytes of lists and records that are kept for each instance, and at least: each zone's and version's, or a few of all. */
    private static final long KEPT_BYTES = 2_048;

    private static final long LEAST_KEPT_BYTES = 16 * 1_024;

    private final ServiceState state;
    private final Stamp stamp;
    private final byte[] head;
    // encoded when first asked for; two threads may do it twice, with the same result
    private volatile byte @Nullable [] callable;
    private volatile byte @Nullable [] all;
    private final Map<Object, Object> derived = new ConcurrentHashMap<>(2);
    private final AtomicLong keptBytes = new AtomicLong();
    // the answers of one millisecond are the same bytes
    private volatile @Nullable Latest latest;
    // when the last of the young ones has its whole weight; until then lists are made anew each second
    private final long youngUntilMs;
    private volatile @Nullable YoungList youngList;

    private record YoungList(LookupFilter filter, long second, byte[] json) {}

    private record Latest(String source, long ageMs, LookupFilter filter, byte[] json) {}

    private ServiceView(ServiceState state, @Nullable String variant) {
        this.state = state;
        this.youngUntilMs = state.instances().values().stream()
                .mapToLong(WarmUp::untilMs)
                .max()
                .orElse(0);
        byte[] everything =
                variant == null ? encode(state.instances().values(), LookupFilter.ALL, Long.MAX_VALUE) : null;
        this.all = everything;
        this.stamp = new Stamp(state.epoch(), state.revision(), everything == null ? "" : fingerprint(everything));
        ByteArrayOutputStream start = new ByteArrayOutputStream(256);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), start, JsonEncoding.UTF8)) {
            json.writeStartObject();
            json.writeStringProperty("service", state.service().value());
            json.writeStringProperty("epoch", state.epoch());
            json.writeNumberProperty("revision", state.revision());
            json.flush();
            this.head = start.toByteArray();
        }
    }

    /** Returns the view of what a store says. */
    public static ServiceView of(ServiceState state) {
        return new ServiceView(state, "");
    }

    /** Returns the view of something that its epoch and revision alone do not name: its stamp marks the contents. */
    public static ServiceView marked(ServiceState state) {
        return new ServiceView(state, null);
    }

    public ServiceName service() {
        return state.service();
    }

    public ServiceState state() {
        return state;
    }

    public Stamp stamp() {
        return stamp;
    }

    /** Returns all instances, callable or not, sorted by id. */
    public Collection<Instance> instances() {
        return state.instances().values();
    }

    /** Returns whether weights by age change with time; {@link WarmUp}. */
    public boolean isYoung(long nowMs) {
        return nowMs < youngUntilMs;
    }

    /** Returns the answer at a moment as JSON; the array is shared. */
    public byte[] json(String source, long ageMs, LookupFilter filter, long nowMs) {
        return isYoung(nowMs) ? encode(source, ageMs, young(filter, nowMs)) : json(source, ageMs, filter);
    }

    private byte[] young(LookupFilter filter, long nowMs) {
        YoungList known = youngList;
        if (known == null || known.second != nowMs / 1_000 || !known.filter.equals(filter)) {
            known = new YoungList(filter, nowMs / 1_000, encode(instances(), filter, nowMs));
            youngList = known;
        }
        return known.json;
    }

    /** Returns the answer as JSON, without regard to ages; the array is shared. */
    byte[] json(String source, long ageMs, LookupFilter filter) {
        if (filter.length() > LONGEST_KEPT) {
            return encode(source, ageMs, list(filter));
        }
        Latest last = latest;
        if (last != null && last.ageMs == ageMs && last.source.equals(source) && last.filter.equals(filter)) {
            return last.json;
        }
        byte[] json = encode(source, ageMs, list(filter));
        latest = new Latest(source, ageMs, filter, json);
        return json;
    }

    private byte[] encode(String source, long ageMs, byte[] list) {
        byte[] middle = (",\"source\":\"" + source + "\",\"ageMs\":" + Math.max(0, ageMs) + ",\"instances\":")
                .getBytes(StandardCharsets.UTF_8);
        byte[] answer = new byte[head.length + middle.length + list.length + 1];
        System.arraycopy(head, 0, answer, 0, head.length);
        System.arraycopy(middle, 0, answer, head.length, middle.length);
        System.arraycopy(list, 0, answer, head.length + middle.length, list.length);
        answer[answer.length - 1] = '}';
        return answer;
    }

    /** Returns how many instances the answer lists. */
    public long count(LookupFilter filter) {
        return instances().stream()
                .filter(filter.chosenAmong(instances())::accepts)
                .count();
    }

    private byte[] list(LookupFilter filter) {
        if (filter.equals(LookupFilter.CALLABLE)) {
            byte[] known = callable;
            if (known == null) {
                known = encode(instances(), filter);
                callable = known;
            }
            return known;
        }
        if (filter.equals(LookupFilter.ALL)) {
            byte[] known = all;
            if (known == null) {
                known = encode(instances(), filter);
                all = known;
            }
            return known;
        }
        return filter.length() > LONGEST_KEPT
                ? encode(instances(), filter)
                : derived(filter, byte[].class, view -> encode(view.instances(), filter), made -> made.length);
    }

    /** Returns how many things derived from this view are kept. */
    int derivedCount() {
        return derived.size();
    }

    /**
     * Returns what {@code maker} makes of this view: made when first asked for, kept as long as the view is, which is
     * until the service changes, or too many bytes are kept for it.
     *
     * @param key of a class of the asker's own, so that askers do not get each other's things
     * @param bytes how many it takes, about
     */
    public <T> T derived(Object key, Class<T> type, Function<ServiceView, T> maker, ToIntFunction<T> bytes) {
        Object known = derived.get(key);
        if (known != null) {
            return type.cast(known);
        }
        T made = maker.apply(this);
        int size = bytes.applyAsInt(made);
        long most = Math.max(LEAST_KEPT_BYTES, KEPT_BYTES * instances().size());
        if (keptBytes.addAndGet(size) > most || derived.size() >= MAX_DERIVED) {
            derived.clear();
            keptBytes.set(size);
        }
        derived.put(key, made);
        return made;
    }

    private static byte[] encode(Collection<Instance> instances, LookupFilter filter) {
        return encode(instances, filter, Long.MAX_VALUE);
    }

    private static byte[] encode(Collection<Instance> instances, LookupFilter given, long nowMs) {
        LookupFilter filter = given.chosenAmong(instances);
        ByteArrayOutputStream out = new ByteArrayOutputStream(64 + 300 * instances.size());
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out, JsonEncoding.UTF8)) {
            json.writeStartArray();
            for (Instance instance : instances) {
                if (filter.accepts(instance)) {
                    InstanceJson.write(json, instance, nowMs);
                }
            }
            json.writeEndArray();
        }
        return out.toByteArray();
    }

    private static String fingerprint(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return Long.toHexString(crc.getValue());
    }
}
