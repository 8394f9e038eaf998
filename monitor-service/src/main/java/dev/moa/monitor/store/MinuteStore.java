package dev.moa.monitor.store;

import dev.moa.monitor.minute.MethodKey;
import dev.moa.monitor.minute.ProcessMinute;
import dev.moa.monitor.minute.SeenReports;
import dev.moa.monitor.minute.Tally;
import dev.moa.sdk.stats.CallSide;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.RocksObject;
import org.rocksdb.Slice;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The minutes of all methods and processes, in RocksDB.
 *
 * <p>Tables (column families), keys big-endian, so that they sort:
 *
 * <table>
 * <caption>tables</caption>
 * <tr><td>{@code names}</td><td>method number (4)</td><td>side, service, method</td></tr>
 * <tr><td>{@code series}</td><td>method number (4), minute (4)</td><td>{@link Tally}: a service's range is one scan
 *     per method</td></tr>
 * <tr><td>{@code minutes}</td><td>minute (4), method number (4)</td><td>the same tally: all methods of a minute are one
 *     scan; kept for {@value #RECENT_MINUTES} minutes, which is what alerts and overviews ask for</td></tr>
 * <tr><td>{@code processes}</td><td>minute (4), app, 0, instance</td><td>{@link ProcessMinute} as JSON</td></tr>
 * <tr><td>{@code seen}</td><td>bootId</td><td>{@link SeenReports}</td></tr>
 * </table>
 *
 * <p>A batch of reports is one write with what marks them as seen, and the write-ahead log is synced before
 * {@link #write} returns: what was acknowledged to the stream survives a crash of the machine, and what is
 * delivered again after one is known.
 *
 * <p>One thread writes ({@link #write}, {@link #expire}); any thread reads. RocksDB lets one process open the
 * directory; {@link #start} of a second fails and says so.
 */
public final class MinuteStore implements AutoCloseable {

    /** How far back all methods of a minute are one scan. */
    public static final int RECENT_MINUTES = 180;

    private static final byte[] SCHEMA = "schema".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ID = "id".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SCHEMA_1 = "1".getBytes(StandardCharsets.US_ASCII);
    private static final List<String> TABLES = List.of("default", "names", "series", "minutes", "processes", "seen");

    static {
        RocksDB.loadLibrary();
    }

    private final StoreProperties settings;
    // readers against close(): a closed RocksDB does not throw, it crashes the process
    private final ReadWriteLock lifecycle = new ReentrantReadWriteLock();
    private final Map<MethodKey, Integer> numbers = new ConcurrentHashMap<>();
    private final Map<String, ColumnFamilyHandle> tables = new HashMap<>();
    private final List<RocksObject> owned = new ArrayList<>();
    private @Nullable RocksDB db;
    private String id = "";
    private int nextNumber;
    private volatile long refusedMethods;

    public MinuteStore(StoreProperties settings) {
        this.settings = settings;
    }

    /**
     * Opens the directory, and makes it if it is not there.
     *
     * @throws StoreInUseException if another process uses it
     * @throws IllegalStateException if it cannot be opened
     */
    public MinuteStore start() {
        lifecycle.writeLock().lock();
        try {
            if (db == null) {
                open();
            }
            return this;
        } catch (RocksDBException | IOException e) {
            closeLocked();
            String message = String.valueOf(e.getMessage());
            Path directory = settings.directory().toAbsolutePath();
            if (message.contains("lock")) {
                throw new StoreInUseException(directory, e);
            }
            throw new IllegalStateException(
                    "moa.monitor.store.directory: %s cannot be opened: %s".formatted(directory, message), e);
        } finally {
            lifecycle.writeLock().unlock();
        }
    }

    private void open() throws RocksDBException, IOException {
        Files.createDirectories(settings.directory());
        Cache cache = own(new LRUCache(settings.blockCache().toBytes()));
        DBOptions options = own(new DBOptions()
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setDbWriteBufferSize(4 * settings.writeBuffer().toBytes())
                .setMaxTotalWalSize(8 * settings.writeBuffer().toBytes())
                .setMaxBackgroundJobs(2)
                .setMaxOpenFiles(200)
                .setKeepLogFileNum(2)
                .setMaxLogFileSize(1 << 20)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL));
        ColumnFamilyOptions table = own(new ColumnFamilyOptions()
                .setWriteBufferSize(settings.writeBuffer().toBytes())
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setBottommostCompressionType(CompressionType.ZSTD_COMPRESSION)
                .setTableFormatConfig(new BlockBasedTableConfig()
                        .setBlockCache(cache)
                        .setCacheIndexAndFilterBlocks(true)
                        .setFilterPolicy(own(new BloomFilter(10)))));
        List<ColumnFamilyDescriptor> descriptors = TABLES.stream()
                .map(name -> new ColumnFamilyDescriptor(name.getBytes(StandardCharsets.US_ASCII), table))
                .toList();
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        RocksDB opened = RocksDB.open(options, settings.directory().toString(), descriptors, handles);
        db = opened;
        for (int i = 0; i < TABLES.size(); i++) {
            tables.put(TABLES.get(i), handles.get(i));
        }
        readIdentity(opened);
        readNames(opened);
    }

    private void readIdentity(RocksDB opened) throws RocksDBException, IOException {
        byte[] schema = opened.get(SCHEMA);
        if (schema == null) {
            id = UUID.randomUUID().toString();
            try (WriteOptions synced = new WriteOptions().setSync(true)) {
                opened.put(synced, ID, id.getBytes(StandardCharsets.US_ASCII));
                opened.put(synced, SCHEMA, SCHEMA_1);
            }
        } else if (!java.util.Arrays.equals(schema, SCHEMA_1)) {
            throw new IOException("it was written by a newer monitor (schema %s, expected: 1)"
                    .formatted(new String(schema, StandardCharsets.US_ASCII)));
        } else {
            byte[] stored = opened.get(ID);
            id = stored == null ? "" : new String(stored, StandardCharsets.US_ASCII);
        }
    }

    private void readNames(RocksDB opened) {
        try (RocksIterator names = opened.newIterator(table("names"))) {
            for (names.seekToFirst(); names.isValid(); names.next()) {
                int number = ByteBuffer.wrap(names.key()).getInt();
                String[] parts = new String(names.value(), StandardCharsets.UTF_8).split("\0", 3);
                numbers.put(new MethodKey(parts[1], parts[2], CallSide.of(parts[0])), number);
                nextNumber = Math.max(nextNumber, number + 1);
            }
        }
    }

    /** Returns the mark that the directory got when it was made. */
    public String id() {
        return id;
    }

    /** Returns how many methods are known, both sides together. */
    public int methodCount() {
        return numbers.size();
    }

    /** Returns how many tallies were counted as (other) because of {@code max-methods}. */
    public long refusedMethods() {
        return refusedMethods;
    }

    /** Returns what is known about the reports of a process; nothing if none was seen. */
    public SeenReports seen(String bootId) {
        return read(opened -> {
            byte[] stored = opened.get(table("seen"), bootId.getBytes(StandardCharsets.UTF_8));
            return stored == null ? new SeenReports() : SeenReports.decode(stored);
        });
    }

    /** Adds to what is stored; once this returns it survives a crash of the machine. */
    public void write(Changes changes) {
        read(opened -> {
            try (WriteBatch batch = new WriteBatch();
                    WriteOptions synced = new WriteOptions().setSync(true)) {
                Map<MethodKey, Integer> fresh = new HashMap<>();
                Map<Long, Tally> rows = new HashMap<>();
                for (Map.Entry<Changes.Row, Tally> row : changes.rows.entrySet()) {
                    int number = number(row.getKey().key(), fresh);
                    long key = (long) number << 32 | row.getKey().minute();
                    rows.computeIfAbsent(key, k -> new Tally()).add(row.getValue());
                }
                for (Map.Entry<MethodKey, Integer> name : fresh.entrySet()) {
                    MethodKey method = name.getKey();
                    batch.put(
                            table("names"),
                            ByteBuffer.allocate(4).putInt(name.getValue()).array(),
                            (method.side().word() + '\0' + method.service() + '\0' + method.method())
                                    .getBytes(StandardCharsets.UTF_8));
                }
                for (Map.Entry<Long, Tally> row : rows.entrySet()) {
                    int number = (int) (row.getKey() >>> 32);
                    int minute = (int) (long) row.getKey();
                    byte[] key = pair(number, minute);
                    byte[] stored = opened.get(table("series"), key);
                    if (stored != null) {
                        row.getValue().add(Tally.decode(stored));
                    }
                    byte[] sum = row.getValue().encode();
                    batch.put(table("series"), key, sum);
                    batch.put(table("minutes"), pair(minute, number), sum);
                }
                for (Map.Entry<Changes.Process, ProcessMinute> process : changes.processes.entrySet()) {
                    byte[] key = processKey(process.getKey());
                    byte[] stored = opened.get(table("processes"), key);
                    ProcessMinute sum = stored == null
                            ? process.getValue()
                            : ProcessJson.read(stored).and(process.getValue());
                    batch.put(table("processes"), key, ProcessJson.write(sum));
                }
                for (Map.Entry<String, SeenReports> seen : changes.seen.entrySet()) {
                    batch.put(
                            table("seen"),
                            seen.getKey().getBytes(StandardCharsets.UTF_8),
                            seen.getValue().encode());
                }
                opened.write(synced, batch);
                numbers.putAll(fresh);
                return true;
            }
        });
    }

    private int number(MethodKey key, Map<MethodKey, Integer> fresh) {
        Integer known = numbers.get(key);
        if (known == null) {
            known = fresh.get(key);
        }
        if (known != null) {
            return known;
        }
        // two places are kept for the (other) of either side
        if (numbers.size() + fresh.size() >= settings.maxMethods() && !key.equals(MethodKey.other(key.side()))) {
            refusedMethods++;
            return number(MethodKey.other(key.side()), fresh);
        }
        fresh.put(key, nextNumber);
        return nextNumber++;
    }

    /** Returns the known methods, in order. */
    public List<MethodKey> methods() {
        return numbers.keySet().stream().sorted().toList();
    }

    /** Returns the minute in which a method was last called, in minutes since 1970; empty if none is stored. */
    public OptionalInt lastMinute(MethodKey key) {
        Integer number = numbers.get(key);
        if (number == null) {
            return OptionalInt.empty();
        }
        return read(opened -> {
            try (RocksIterator series = opened.newIterator(table("series"))) {
                series.seekForPrev(pair(number, Integer.MAX_VALUE));
                if (!series.isValid() || ByteBuffer.wrap(series.key()).getInt() != number) {
                    return OptionalInt.empty();
                }
                return OptionalInt.of(ByteBuffer.wrap(series.key()).getInt(4));
            }
        });
    }

    /** Returns the minutes of methods from one minute to another, both included. */
    public List<StoredSeries> series(Predicate<MethodKey> which, int from, int to) {
        List<StoredSeries> found = new ArrayList<>();
        for (MethodKey key : methods()) {
            Integer number = which.test(key) ? numbers.get(key) : null;
            if (number == null) {
                continue;
            }
            TreeMap<Integer, Tally> minutes = new TreeMap<>();
            scan("series", pair(number, from), pair(number, to + 1), (stored, value) -> {
                minutes.put(ByteBuffer.wrap(stored).getInt(4), Tally.decode(value));
            });
            if (!minutes.isEmpty()) {
                found.add(new StoredSeries(key, minutes));
            }
        }
        return found;
    }

    /** Returns what all methods together had between two minutes of the last three hours, both included. */
    public Map<MethodKey, Tally> byMinute(int from, int to) {
        Map<Integer, MethodKey> keys = new HashMap<>();
        numbers.forEach((key, number) -> keys.put(number, key));
        Map<MethodKey, Tally> found = new HashMap<>();
        scan("minutes", pair(from, 0), pair(to + 1, 0), (stored, value) -> {
            MethodKey key = keys.get(ByteBuffer.wrap(stored).getInt(4));
            if (key != null) {
                found.computeIfAbsent(key, k -> new Tally()).add(Tally.decode(value));
            }
        });
        return found;
    }

    /** Gives every process that reported between two minutes, both included, one minute after the other. */
    public List<ProcessMinute> processes(int from, int to) {
        List<ProcessMinute> found = new ArrayList<>();
        scan("processes", minuteKey(from), minuteKey(to + 1), (key, value) -> found.add(ProcessJson.read(value)));
        return found;
    }

    /** Forgets what is older than the settings keep. */
    public void expire(int nowMinute) {
        int oldest = nowMinute - (int) settings.retention().toMinutes();
        int oldestProcess = nowMinute - (int) settings.processRetention().toMinutes();
        read(opened -> {
            try (WriteOptions plain = new WriteOptions()) {
                opened.deleteRange(
                        table("minutes"), plain, minuteKey(0), minuteKey(Math.max(oldest, nowMinute - RECENT_MINUTES)));
                opened.deleteRange(table("processes"), plain, minuteKey(0), minuteKey(oldestProcess));
                for (Map.Entry<MethodKey, Integer> method : Map.copyOf(numbers).entrySet()) {
                    expire(opened, plain, method.getKey(), method.getValue(), oldest);
                }
                try (RocksIterator seen = opened.newIterator(table("seen"))) {
                    for (seen.seekToFirst(); seen.isValid(); seen.next()) {
                        if (SeenReports.decode(seen.value()).lastSeenMs() < oldest * 60_000L) {
                            opened.delete(table("seen"), plain, seen.key());
                        }
                    }
                }
            }
            return true;
        });
    }

    private void expire(RocksDB opened, WriteOptions plain, MethodKey key, int number, int oldest)
            throws RocksDBException {
        try (RocksIterator series = opened.newIterator(table("series"))) {
            series.seek(pair(number, 0));
            if (series.isValid() && ByteBuffer.wrap(series.key()).getInt() == number) {
                if (ByteBuffer.wrap(series.key()).getInt(4) < oldest) {
                    opened.deleteRange(table("series"), plain, pair(number, 0), pair(number, oldest));
                }
                return;
            }
        }
        // nothing is left of it: its name makes room for another. Numbers are not used again
        opened.delete(
                table("names"), plain, ByteBuffer.allocate(4).putInt(number).array());
        numbers.remove(key);
    }

    /** Returns an estimate of the bytes on disk. */
    public long diskBytes() {
        return read(opened -> {
            long bytes = 0;
            for (String name : TABLES) {
                bytes += opened.getLongProperty(table(name), "rocksdb.live-sst-files-size");
            }
            return bytes;
        });
    }

    private void scan(String name, byte[] from, byte[] end, BiConsumer<byte[], byte[]> each) {
        read(opened -> {
            try (Slice bound = new Slice(end);
                    ReadOptions options = new ReadOptions().setIterateUpperBound(bound);
                    RocksIterator rows = opened.newIterator(table(name), options)) {
                for (rows.seek(from); rows.isValid(); rows.next()) {
                    each.accept(rows.key(), rows.value());
                }
                rows.status();
            }
            return true;
        });
    }

    private interface Work<T> {
        T with(RocksDB opened) throws RocksDBException;
    }

    private <T> T read(Work<T> work) {
        lifecycle.readLock().lock();
        try {
            RocksDB opened = db;
            if (opened == null) {
                throw new IllegalStateException("the store is closed");
            }
            return work.with(opened);
        } catch (RocksDBException e) {
            throw new IllegalStateException(
                    "the store at %s failed: %s".formatted(settings.directory().toAbsolutePath(), e.getMessage()), e);
        } finally {
            lifecycle.readLock().unlock();
        }
    }

    private ColumnFamilyHandle table(String name) {
        ColumnFamilyHandle handle = tables.get(name);
        if (handle == null) {
            throw new IllegalStateException("no table " + name);
        }
        return handle;
    }

    private <T extends RocksObject> T own(T object) {
        owned.add(object);
        return object;
    }

    private static byte[] pair(int first, int second) {
        return ByteBuffer.allocate(8).putInt(first).putInt(second).array();
    }

    private static byte[] minuteKey(int minute) {
        return ByteBuffer.allocate(4).putInt(Math.max(0, minute)).array();
    }

    private static byte[] processKey(Changes.Process process) {
        byte[] name = (process.app() + '\0' + process.instance()).getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(4 + name.length)
                .putInt(process.minute())
                .put(name)
                .array();
    }

    @Override
    public void close() {
        lifecycle.writeLock().lock();
        try {
            closeLocked();
        } finally {
            lifecycle.writeLock().unlock();
        }
    }

    private void closeLocked() {
        tables.values().forEach(ColumnFamilyHandle::close);
        tables.clear();
        if (db != null) {
            db.close();
            db = null;
        }
        for (int i = owned.size() - 1; i >= 0; i--) {
            owned.get(i).close();
        }
        owned.clear();
        numbers.clear();
        nextNumber = 0;
    }
}
