package dev.moa.router.watch;

import dev.moa.protocol.ServiceName;
import dev.moa.router.address.Stamp;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Polls that were answered and whose clients have not come back yet. The next poll with the token of an answer
 * acknowledges it; one that nobody comes back with is forgotten after a while, for its client is gone or polls no more.
 * Of clients with the same token each counts once. Bounded; safe for many threads.
 */
final class Outstanding {
    private static final int MOST = 50_000;

    private final Map<Long, Deque<Sent>> byToken = new ConcurrentHashMap<>();
    private final AtomicInteger size = new AtomicInteger();
    private final long keptNanos;

    private record Sent(String client, Set<ServiceName> services, WatchToken had, long atNanos) {
        boolean mayLack(ServiceName service, @Nullable Stamp now) {
            Stamp theirs = had.stamps().get(service);
            return services.contains(service) && (theirs == null || now == null || now.isNewsFor(theirs));
        }
    }

    /** @param kept how long a client may take to come back */
    Outstanding(Duration kept) {
        this.keptNanos = kept.toNanos();
    }

    /** Takes note that a client, which had this before, has been sent an answer. */
    void sent(WatchAnswer answer, String client, Set<ServiceName> services, WatchToken had) {
        if (size.get() >= MOST) {
            sweep();
            if (size.get() >= MOST) {
                return;
            }
        }
        size.incrementAndGet();
        boolean isNews = !answer.answers().isEmpty() || !answer.unknown().isEmpty();
        Sent sent = new Sent(client, services, had, System.nanoTime());
        byToken.compute(key(answer.token()), (key, present) -> {
            Deque<Sent> all = present == null ? new ArrayDeque<>(1) : present;
            // of two that go by one name, whoever has got nothing new counts as back first
            if (isNews) {
                all.addLast(sent);
            } else {
                all.addFirst(sent);
            }
            return all;
        });
    }

    /** Takes note that a client has come back with this token. */
    void acknowledged(@Nullable String token, String client) {
        if (token == null) {
            return;
        }
        byToken.computeIfPresent(key(token), (key, all) -> {
            for (Iterator<Sent> each = all.iterator(); each.hasNext(); ) {
                if (each.next().client.equals(client)) {
                    each.remove();
                    size.decrementAndGet();
                    break;
                }
            }
            return all.isEmpty() ? null : all;
        });
    }

    /**
     * Names the clients of a service that have not come back, but for those that had what is answered now.
     *
     * @param now null if that is not known
     */
    void name(ServiceName service, @Nullable Stamp now, Consumer<String> names) {
        sweep();
        // compute, for nobody else may change a queue meanwhile
        byToken.keySet()
                .forEach(key -> byToken.computeIfPresent(key, (same, all) -> {
                    all.stream().filter(each -> each.mayLack(service, now)).forEach(each -> names.accept(each.client));
                    return all;
                }));
    }

    private void sweep() {
        long now = System.nanoTime();
        byToken.keySet()
                .forEach(key -> byToken.computeIfPresent(key, (same, all) -> {
                    for (Iterator<Sent> each = all.iterator(); each.hasNext(); ) {
                        if (now - each.next().atNanos > keptNanos) {
                            each.remove();
                            size.decrementAndGet();
                        }
                    }
                    return all.isEmpty() ? null : all;
                }));
    }

    // tokens of many services are long
    private static long key(String token) {
        CRC32C crc = new CRC32C();
        crc.update(token.getBytes(StandardCharsets.US_ASCII));
        return crc.getValue() << 32 | token.hashCode() & 0xffffffffL;
    }
}
