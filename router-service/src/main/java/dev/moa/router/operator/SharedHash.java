package dev.moa.router.operator;

import dev.moa.router.store.RedisLink;
import dev.moa.router.store.StoreException;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.ScriptOutputType;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small map of operators' words, for example which address source is switched off. A word applies here at
 * once; it is written to a Redis hash and announced to the other routers when Redis answers, and until then
 * kept and written later. Of two words about the same thing the later one holds, everywhere. A file keeps them for a
 * restart without Redis; what is read from it counts as not shared until Redis has been compared with.
 *
 * <p>Safe for many threads; reading never blocks. Values are JSON objects with {@code atMs}.
 */
public final class SharedHash implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SharedHash.class);

    /** Fields taken over from Redis; more are left there. */
    private static final int MAX_FIELDS = 10_000;

    /** Words kept after later ones have taken their place, about. */
    private static final String MAX_AUDIT = "1000";

    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final long SYNC_SECONDS = 5;

    // an earlier word must not undo a later one, whichever router writes last
    private static final String WRITE_IF_LATER = """
        local before = redis.call('HGET', KEYS[1], ARGV[1])
        if before then
          local ok, word = pcall(cjson.decode, before)
          if ok and type(word) == 'table' and tonumber(word.atMs) and tonumber(word.atMs) > tonumber(ARGV[3]) then
            return 0
          end
          if before == ARGV[2] then
            return 1
          end
        end
        redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
        redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[6], '*', 'field', ARGV[1], 'word', ARGV[7])
        redis.call('PUBLISH', ARGV[4], ARGV[5])
        return 1
        """;

    private final RedisLink link;
    private final String key;
    private final String channel;
    private final String announcement;
    private final Clock clock;
    private final AtMsReader atMsOf;
    private final Map<String, Word> words = new ConcurrentHashMap<>();
    private final CopyOnWriteArrayList<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "router-operator-1");
        thread.setDaemon(true);
        return thread;
    });
    private final @Nullable WordsFile file;
    private boolean started;

    /**
     * @param json the value
     * @param atMs when it was said
     * @param isShared whether Redis has it
     */
    public record Word(String json, long atMs, boolean isShared) {}

    /** Reads {@code atMs} of a value. */
    @FunctionalInterface
    public interface AtMsReader {
        /** @throws RuntimeException if the value is not one */
        long atMs(String json);
    }

    /** Makes the value of a word that is said now. */
    @FunctionalInterface
    public interface Saying {
        /** Returns the JSON with this {@code atMs}. */
        String json(long atMs);
    }

    /** @param announcement is published on {@code channel} after each write */
    public SharedHash(RedisLink link, String key, String channel, String announcement, AtMsReader atMsOf, Clock clock) {
        this(link, key, channel, announcement, atMsOf, clock, null, 0);
    }

    /**
     * @param announcement is published on {@code channel} after each write
     * @param kept the file; null for none
     * @param mostBytes the largest file
     */
    public SharedHash(
            RedisLink link,
            String key,
            String channel,
            String announcement,
            AtMsReader atMsOf,
            Clock clock,
            @Nullable Path kept,
            long mostBytes) {
        this.file = kept == null ? null : new WordsFile(kept, mostBytes);
        this.link = link;
        this.key = key;
        this.channel = channel;
        this.announcement = announcement;
        this.atMsOf = atMsOf;
        this.clock = clock;
    }

    /** Adds somebody who runs after words have changed; it must not block. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    public synchronized void start() {
        if (!started) {
            started = true;
            if (file != null) {
                file.read().forEach((field, json) -> takeOver(field, json, false));
                listeners.forEach(Runnable::run);
            }
            worker.scheduleWithFixedDelay(this::sync, 0, SYNC_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** Compares with Redis soon: somebody announced a word, or announcements may have been lost. */
    public void syncSoon() {
        try {
            worker.execute(this::sync);
        } catch (RejectedExecutionException e) {
            // closed
        }
    }

    /** Returns the word about {@code field}, or null. */
    public @Nullable Word get(String field) {
        return words.get(field);
    }

    /** Returns all words, sorted. */
    public Map<String, Word> all() {
        return new TreeMap<>(words);
    }

    /** Applies a word at once and returns it; it is shared if Redis took it within a second. */
    public Word say(String field, Saying saying) {
        Word said = Objects.requireNonNull(words.compute(field, (name, before) -> {
            // later than what it replaces even where this machine's clock is behind
            long atMs = before == null ? clock.millis() : Math.max(clock.millis(), before.atMs + 1);
            return new Word(saying.json(atMs), atMs, false);
        }));
        listeners.forEach(Runnable::run);
        try {
            Future<?> written = worker.submit(() -> {
                keep();
                share(field, said);
            });
            written.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException | RejectedExecutionException e) {
            log.warn("{} {} applies here only until Redis answers", key, field);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Objects.requireNonNullElse(words.get(field), said);
    }

    /** Runs the listeners again after {@code delay}: what a word says may end by itself. */
    public void tellAgainIn(Duration delay) {
        try {
            worker.schedule(() -> listeners.forEach(Runnable::run), delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // closed
        }
    }

    /**
     * Returns what was said, by any router, the newest first.
     *
     * @throws StoreException if Redis does not answer
     */
    public List<Said> said(int limit) {
        return await(link.commands().xrevrange(auditKey(), Range.unbounded(), Limit.from(limit))).stream()
                .map(message -> new Said(
                        message.getBody().getOrDefault("field", ""),
                        message.getBody().getOrDefault("word", "{}")))
                .toList();
    }

    // in the slot of the hash itself: one script writes both
    private String auditKey() {
        return "{" + key + "}:audit";
    }

    private void keep() {
        if (file != null) {
            Map<String, String> kept = new TreeMap<>();
            words.forEach((field, word) -> kept.put(field, word.json));
            file.write(kept);
        }
    }

    private void share(String field, Word word) {
        try {
            await(link.commands()
                    .eval(
                            WRITE_IF_LATER,
                            ScriptOutputType.INTEGER,
                            new String[] {key, auditKey()},
                            field,
                            word.json,
                            Long.toString(word.atMs),
                            channel,
                            announcement,
                            MAX_AUDIT,
                            Said.inShort(word.json)));
            words.replace(field, word, new Word(word.json, word.atMs, true));
        } catch (StoreException e) {
            log.debug("{} {}: {}", key, field, e.getMessage());
            throw e;
        }
    }

    private void sync() {
        try {
            Map<String, String> there = await(link.commands().hgetall(key));
            boolean changed = false;
            for (Map.Entry<String, String> field : there.entrySet()) {
                changed |= takeOver(field.getKey(), field.getValue(), true);
            }
            for (Map.Entry<String, Word> mine : words.entrySet()) {
                Word word = mine.getValue();
                if (!word.isShared || !there.containsKey(mine.getKey())) {
                    share(mine.getKey(), word);
                }
            }
            if (changed) {
                keep();
                listeners.forEach(Runnable::run);
            }
        } catch (StoreException e) {
            log.debug("{}: {}", key, e.getMessage());
        } catch (RuntimeException e) {
            log.warn("{} cannot be compared with Redis: {}; tried again", key, e.toString());
        }
    }

    private boolean takeOver(String field, String json, boolean isOfRedis) {
        long atMs;
        try {
            atMs = atMsOf.atMs(json);
        } catch (RuntimeException e) {
            log.warn("{} {} in {} is ignored: {}", key, field, isOfRedis ? "Redis" : "the file", e.toString());
            return false;
        }
        Word before = words.get(field);
        if (before == null && words.size() >= MAX_FIELDS) {
            return false;
        }
        if (before != null
                && (before.atMs > atMs || (before.atMs == atMs && before.json.equals(json) && before.isShared))) {
            return false;
        }
        Word theirs = new Word(json, atMs, isOfRedis);
        boolean replaced =
                before == null ? words.putIfAbsent(field, theirs) == null : words.replace(field, before, theirs);
        return replaced && (before == null || !before.json.equals(json));
    }

    private <T> T await(CompletionStage<T> reply) {
        return link.await(reply, TIMEOUT);
    }

    @Override
    public void close() {
        worker.shutdownNow();
    }
}
