package dev.moa.router.watch;

import dev.moa.protocol.ServiceName;
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

    private record Sent(String client, Set<ServiceName> services, long atNanos) {}

    /** @param kept how long a client may take to come back */
    Outstanding(Duration kept) {
        this.keptNanos = kept.toNanos();
    }

    /** Takes note that a client has been sent an answer with this token. */
    void sent(String token, String client, Set<ServiceName> services) {
        if (size.get() >= MOST) {
            sweep();
            if (size.get() >= MOST) {
                return;
            }
        }
        size.incrementAndGet();
        byToken.compute(key(token), (key, present) -> {
            Deque<Sent> all = present == null ? new ArrayDeque<>(1) : present;
            all.add(new Sent(client, services, System.nanoTime()));
            return all;
        });
    }

    /** Takes note that a client has come back with this token. */
    void acknowledged(@Nullable String token, String client) {
        if (token == null) {
            return;
        }
        byToken.computeIfPresent(key(token), (key, all) -> {
            boolean isItsOwn = all.stream().anyMatch(each -> each.client.equals(client));
            for (Iterator<Sent> each = all.iterator(); each.hasNext(); ) {
                Sent sent = each.next();
                if (!isItsOwn || sent.client.equals(client)) {
                    each.remove();
                    size.decrementAndGet();
                    break;
                }
            }
            return all.isEmpty() ? null : all;
        });
    }

    /** Names the clients of a service that have not come back. */
    void name(ServiceName service, Consumer<String> names) {
        sweep();
        // compute, for nobody else may change a queue meanwhile
        byToken.keySet()
                .forEach(key -> byToken.computeIfPresent(key, (same, all) -> {
                    all.stream()
                            .filter(each -> each.services.contains(service))
                            .forEach(each -> names.accept(each.client));
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
