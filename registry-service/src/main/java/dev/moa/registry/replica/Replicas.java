package dev.moa.registry.replica;

import dev.moa.registry.Refusal;
import dev.moa.registry.Rounds;
import dev.moa.registry.store.RedisStore;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * The registries that live. Each gives a sign of life once a second; who gave none for four is gone, and what it
 * looked after is shared out among the others, by rendezvous hashing: nothing else moves.
 *
 * <p>Safe for many threads; only its own thread asks Redis.
 */
public final class Replicas implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(Replicas.class);
    private static final String KEY = "moa:registry:replicas";
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Duration SIGN_HOLDS = Duration.ofSeconds(4);

    @SuppressWarnings("rawtypes")
    private static final RedisScript<List> SCRIPT =
            RedisScript.of(new ClassPathResource("dev/moa/registry/replica/replicas.lua"), List.class);

    private final RedisStore store;
    private final String self;
    private volatile List<String> live;
    private final Rounds rounds = new Rounds("registry-replica-1", INTERVAL, this::giveSign);

    Replicas(RedisStore store) {
        this.store = store;
        byte[] id = new byte[9];
        new SecureRandom().nextBytes(id);
        this.self = Base64.getUrlEncoder().withoutPadding().encodeToString(id);
        this.live = List.of(self);
    }

    /** Returns this registry's id. */
    public String self() {
        return self;
    }

    /** Returns the ids of those that live, this one among them. */
    public List<String> live() {
        return live;
    }

    /** Returns whether this registry looks after {@code key}. */
    public boolean isMine(String key) {
        return self.equals(owner(key, live));
    }

    static String owner(String key, List<String> replicas) {
        String owner = replicas.get(0);
        long best = -1;
        for (String replica : replicas) {
            long weight = weight(replica, key);
            if (weight > best || (weight == best && replica.compareTo(owner) > 0)) {
                best = weight;
                owner = replica;
            }
        }
        return owner;
    }

    // a checksum alone is linear: whoever wins one key would win its neighbours too
    private static long weight(String replica, String key) {
        CRC32C crc = new CRC32C();
        crc.update((replica + ' ' + key).getBytes(StandardCharsets.UTF_8));
        long mixed = crc.getValue() * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 32)) * 0xD6E8FEB86659FD93L;
        return (mixed ^ (mixed >>> 32)) >>> 1;
    }

    @Override
    public void start() {
        rounds.start();
    }

    @Override
    public void stop() {
        if (rounds.isRunning()) {
            // first, or a sign of life under way would come behind the word that this registry leaves
            rounds.stop();
            try {
                sign("0");
            } catch (Refusal away) {
                log.debug("The others learn by silence that this registry left: {}", away.getMessage());
            }
        }
    }

    @Override
    public boolean isRunning() {
        return rounds.isRunning();
    }

    // while Redis is away, whoever lived before is taken to live: nobody takes anything over from a registry that sees
    // nothing
    private void giveSign() {
        List<String> found = sign("1");
        if (!found.equals(live)) {
            log.info("{} registries live", found.size());
            live = List.copyOf(found);
        }
    }

    @SuppressWarnings("unchecked")
    private List<String> sign(String lives) {
        List<String> found = store.ask("replicas", redis -> (List<String>) java.util.Objects.requireNonNull(
                redis.execute(SCRIPT, List.of(KEY), self, String.valueOf(SIGN_HOLDS.toMillis()), lives)));
        return found.isEmpty() ? List.of(self) : found;
    }
}
