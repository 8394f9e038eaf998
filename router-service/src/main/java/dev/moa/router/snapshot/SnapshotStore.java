package dev.moa.router.snapshot;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.ServiceName;
import dev.moa.router.address.AddressSource;
import dev.moa.router.address.Finding;
import dev.moa.router.address.Instance;
import dev.moa.router.address.InstanceJson;
import dev.moa.router.address.ServiceState;
import dev.moa.router.address.ServiceView;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The last good answer of every service, in memory and in one file, {@code lookup.json}. With Redis gone and
 * the router restarted, lookups are answered from it.
 *
 * <p>The file is replaced as a whole: written beside, forced to disk, then renamed. A file that cannot be read
 * is put aside as {@code lookup.json.bad} and the router starts without it.
 */
public final class SnapshotStore implements AddressSource, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SnapshotStore.class);
    private static final JsonFactory JSON = new JsonFactory();
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final int FORMAT = 1;

    /** Without changes the file is written this often, so that its ages stay true. */
    private static final long IDLE_WRITE_MS = 30_000;

    private final SnapshotProperties settings;
    private final Clock clock;
    private final Path file;
    private final Map<ServiceName, Entry> entries = new ConcurrentHashMap<>();
    private final ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "router-snapshot-1");
        thread.setDaemon(true);
        return thread;
    });

    private volatile boolean changed;
    private volatile long writtenAtMs;
    private volatile long leftOut;
    private volatile @Nullable String failure;
    private boolean started;

    private record Entry(ServiceView view, long confirmedAtMs) {}

    public SnapshotStore(SnapshotProperties settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        this.file = settings.directory().resolve("lookup.json");
    }

    /** Reads the file, hands each answer in it that is not too old to {@code seed}, and begins to write. */
    public synchronized void start(BiConsumer<ServiceState, Long> seed) {
        if (started) {
            return;
        }
        started = true;
        read();
        entries.values().forEach(entry -> seed.accept(entry.view.state(), entry.confirmedAtMs));
        long interval = settings.interval().toMillis();
        writer.scheduleWithFixedDelay(this::writeIfDue, interval, interval, TimeUnit.MILLISECONDS);
    }

    /** Keeps a good answer: the object that is given, also where an equal one was kept, so that it is in memory once. */
    public void remember(ServiceView view, long confirmedAtMs) {
        Entry before = entries.get(view.service());
        ServiceState known = before == null ? null : before.view.state();
        if (before == null || (known != view.state() && !view.state().equals(known))) {
            entries.put(view.service(), new Entry(view, confirmedAtMs));
            changed = true;
        } else if (before.view != view || confirmedAtMs > before.confirmedAtMs) {
            entries.put(view.service(), new Entry(view, Math.max(confirmedAtMs, before.confirmedAtMs)));
        }
    }

    /** Drops the answer of a service that the store no longer knows and is believed about. */
    public void forget(ServiceName service) {
        if (entries.remove(service) != null) {
            changed = true;
        }
    }

    @Override
    public Set<ServiceName> services() {
        return entries.keySet();
    }

    /** Returns how many services have a kept answer. */
    public int size() {
        return entries.size();
    }

    /** Returns how many services did not fit into the file. */
    public long leftOut() {
        return leftOut;
    }

    /** Returns milliseconds since the file was last written or read; -1 if there is none. */
    public long fileAgeMs() {
        return writtenAtMs == 0 ? -1 : clock.millis() - writtenAtMs;
    }

    /** Returns why the file cannot be read or written; null if it can. */
    public @Nullable String failure() {
        return failure;
    }

    @Override
    public String name() {
        return "snapshot";
    }

    @Override
    public String description() {
        return "the last good answers, kept in " + file;
    }

    @Override
    public boolean isImmediate() {
        return true;
    }

    @Override
    public Finding find(ServiceName service, Deadline deadline) {
        Entry entry = entries.get(service);
        if (entry == null) {
            return new Finding.Passed("no answer was kept");
        }
        long age = clock.millis() - entry.confirmedAtMs;
        return age > settings.maxAge().toMillis()
                ? new Finding.Passed(
                        "the kept answer is %d ms old, more than moa.router.snapshot.max-age".formatted(age))
                : new Finding.Answered(entry.view, age);
    }

    private void writeIfDue() {
        if (changed || (!entries.isEmpty() && clock.millis() - writtenAtMs >= IDLE_WRITE_MS)) {
            changed = false;
            try {
                write();
                failure = null;
            } catch (IOException | RuntimeException e) {
                // the disk may be full for a while; the answers stay in memory and the next turn tries again
                changed = true;
                if (failure == null) {
                    log.warn("snapshot {} cannot be written: {}; tried again", file, e.toString());
                }
                failure = "cannot be written: " + e;
            }
        }
    }

    private synchronized void write() throws IOException {
        long now = clock.millis();
        WholeFile.replace(file, out -> leftOut = write(out, now));
        writtenAtMs = now;
    }

    /** Writes a service at a time: in the burst after a loss the file is written again and again, and it is large. */
    private long write(OutputStream out, long now) throws IOException {
        byte[] head = "{\"format\":%d,\"writtenAtMs\":%d,\"services\":["
                .formatted(FORMAT, now)
                .getBytes(StandardCharsets.UTF_8);
        byte[] tail = "]}".getBytes(StandardCharsets.UTF_8);
        out.write(head);
        long left = settings.maxSize().toBytes() - head.length - tail.length;
        long dropped = 0;
        boolean isFirst = true;
        ByteArrayOutputStream service = new ByteArrayOutputStream();
        for (Entry entry : new TreeMap<>(entries).values()) {
            service.reset();
            try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), service, JsonEncoding.UTF8)) {
                write(json, entry);
            }
            // its length is known when it is there: metadata alone may take kilobytes for each instance
            long needed = service.size() + (isFirst ? 0 : 1);
            if (needed > left) {
                dropped++;
                continue;
            }
            if (!isFirst) {
                out.write(',');
            }
            service.writeTo(out);
            left -= needed;
            isFirst = false;
        }
        out.write(tail);
        return dropped;
    }

    private static void write(JsonGenerator json, Entry entry) {
        ServiceState state = entry.view.state();
        json.writeStartObject();
        json.writeStringProperty("service", state.service().value());
        json.writeStringProperty("epoch", state.epoch());
        json.writeNumberProperty("revision", state.revision());
        json.writeNumberProperty("confirmedAtMs", entry.confirmedAtMs);
        json.writeArrayPropertyStart("instances");
        state.instances().values().forEach(instance -> InstanceJson.write(json, instance));
        json.writeEndArray();
        json.writeEndObject();
    }

    private void read() {
        try {
            if (!Files.exists(file)) {
                return;
            }
            long size = Files.size(file);
            if (size > settings.maxSize().toBytes()) {
                throw new IOException("size: %d bytes (expected: at most %s)".formatted(size, settings.maxSize()));
            }
            Map<ServiceName, Entry> read = new TreeMap<>();
            long now = clock.millis();
            long writtenAt = 0;
            boolean isOurs = false;
            // a service at a time: as a whole tree it would take many times what is kept of it
            try (JsonParser json = MAPPER.createParser(file)) {
                json.nextToken();
                for (String name = json.nextName(); name != null; name = json.nextName()) {
                    json.nextToken();
                    switch (name) {
                        case "format" -> isOurs = json.getIntValue() == FORMAT;
                        case "writtenAtMs" -> writtenAt = Math.min(now, json.getLongValue());
                        case "services" -> {
                            while (json.nextToken() == JsonToken.START_OBJECT) {
                                read(json.readValueAsTree(), now, read);
                            }
                        }
                        default -> json.skipChildren();
                    }
                }
            }
            if (!isOurs) {
                throw new IOException("format: not ours (expected: %d)".formatted(FORMAT));
            }
            entries.putAll(read);
            writtenAtMs = writtenAt;
            log.info("snapshot {}: {} services", file, read.size());
        } catch (IOException | RuntimeException e) {
            failure = "could not be read: " + e.getMessage();
            log.warn("snapshot {} cannot be read and is put aside: {}", file, e.toString());
            try {
                Files.move(file, file.resolveSibling("lookup.json.bad"), StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException moving) {
                log.warn("snapshot {} cannot be put aside: {}", file, moving.toString());
            }
        }
    }

    private void read(JsonNode node, long now, Map<ServiceName, Entry> read) {
        ServiceName service = ServiceName.of(node.path("service").asString());
        // a clock that was set back must not make an answer younger than it is
        long confirmedAtMs = Math.min(now, node.path("confirmedAtMs").asLong(0));
        if (now - confirmedAtMs <= settings.maxAge().toMillis()) {
            ServiceState state = ServiceState.of(
                    service,
                    node.path("epoch").asString(),
                    node.path("revision").asLong(0),
                    node.path("instances").valueStream().map(InstanceJson::read).toList());
            read.put(service, new Entry(view(state), confirmedAtMs));
        }
    }

    /** What was shown with instances that are held was told from what the store itself said by its contents. */
    private static ServiceView view(ServiceState state) {
        return state.instances().values().stream().anyMatch(Instance::held)
                ? ServiceView.marked(state)
                : ServiceView.of(state);
    }

    @Override
    public void close() {
        writer.shutdownNow();
        try {
            writer.awaitTermination(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            if (!started) {
                return;
            }
        }
        changed = !entries.isEmpty() || changed;
        writeIfDue();
    }
}
