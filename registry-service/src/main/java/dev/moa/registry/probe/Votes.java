package dev.moa.registry.probe;

import dev.moa.registry.catalog.Instance;
import dev.moa.registry.catalog.Lease;
import dev.moa.registry.catalog.ProbeSpec;
import dev.moa.registry.replica.Replicas;
import dev.moa.registry.store.RedisStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * How registries ask each other whether they can reach an instance. A question is a field of one hash in Redis, an
 * answer a field of another; whoever asked removes both. What stays because a registry died is removed by anybody who
 * finds it old.
 */
final class Votes {
    private static final String QUESTIONS = "moa:registry:questions";
    private static final String ANSWERS = "moa:registry:answers";
    private static final Duration OLD = Duration.ofSeconds(15);
    private static final Duration ANSWERS_STAY = Duration.ofHours(1);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final RedisStore store;
    private final Replicas replicas;
    // by question; registries' clocks need not agree, so its age is what this one has seen of it
    private final Map<String, Long> firstSeenNanos = new HashMap<>();

    Votes(RedisStore store, Replicas replicas) {
        this.store = store;
        this.replicas = replicas;
    }

    /** A question: can you reach it? */
    record Question(
            String key,
            String by,
            String host,
            int port,
            @Nullable Boolean tls,
            ProbeSpec spec,
            long atMs) {

        /** Those of versions before do not say. */
        boolean speaksTls() {
            return tls != null && tls;
        }
    }

    /** The answers so far: how many of the live registries, this one not counted, can and cannot. */
    record Count(int failing, int reaching) {}

    private static String key(Lease lease) {
        return lease.id().value() + "|" + lease.incarnation();
    }

    void ask(Lease lease, Instance instance, ProbeSpec spec, long nowMs) {
        Question question = new Question(
                key(lease), replicas.self(), instance.host(), instance.port(), instance.speaksTls(), spec, nowMs);
        store.ask("vote", redis -> {
            // who was slow has answered an earlier question meanwhile
            redis.opsForHash().delete(ANSWERS, answersTo(question.key()));
            redis.opsForHash().put(QUESTIONS, question.key(), JSON.writeValueAsString(question));
            return true;
        });
    }

    /**
     * Returns the questions of others that wait for an answer of this registry.
     *
     * @param nowNanos on the scale of {@link System#nanoTime()}
     */
    List<Question> open(long nowNanos) {
        Map<String, String> all =
                store.ask("vote", redis -> redis.<String, String>opsForHash().entries(QUESTIONS));
        List<Question> open = new ArrayList<>();
        Set<String> known = new HashSet<>();
        for (Map.Entry<String, String> entry : all.entrySet()) {
            Question question = JSON.readValue(entry.getValue(), Question.class);
            String mark = question.key() + question.atMs();
            known.add(mark);
            Long seen = firstSeenNanos.putIfAbsent(mark, nowNanos);
            if (seen != null && nowNanos - seen > OLD.toNanos()) {
                drop(question.key());
            } else if (seen == null && !question.by().equals(replicas.self())) {
                open.add(question);
            }
        }
        firstSeenNanos.keySet().retainAll(known);
        return open;
    }

    void answer(Question question, boolean reached) {
        store.ask("vote", redis -> {
            redis.opsForHash().put(ANSWERS, question.key() + "|" + replicas.self(), reached ? "reaching" : "failing");
            // what those leave who died is gone when nobody votes for so long
            redis.expire(ANSWERS, ANSWERS_STAY);
            return true;
        });
    }

    /** Counts the answers of the live registries; null where there is nobody else. */
    @Nullable
    Count count(Lease lease) {
        List<String> others = replicas.live().stream()
                .filter(id -> !id.equals(replicas.self()))
                .toList();
        if (others.isEmpty()) {
            return null;
        }
        List<Object> fields =
                others.stream().map(id -> (Object) (key(lease) + "|" + id)).toList();
        List<Object> answers = store.ask("vote", redis -> redis.opsForHash().multiGet(ANSWERS, fields));
        int failing = (int) answers.stream().filter("failing"::equals).count();
        int reaching = (int) answers.stream().filter("reaching"::equals).count();
        return new Count(failing, reaching);
    }

    void close(Lease lease) {
        drop(key(lease));
    }

    /** Returns the fields of what the live registries answer. */
    private Object[] answersTo(String key) {
        return replicas.live().stream().map(id -> key + "|" + id).toArray();
    }

    private void drop(String key) {
        store.ask("vote", redis -> {
            redis.opsForHash().delete(QUESTIONS, key);
            redis.opsForHash().delete(ANSWERS, answersTo(key));
            return true;
        });
    }
}
