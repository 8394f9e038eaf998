package dev.moa.gateway.http;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.sdk.lookup.Directory;
import dev.moa.sdk.lookup.InstanceAddress;
import dev.moa.sdk.lookup.ServiceAnswer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the directory says of services, remembered for a moment: a path of five segments must not cost five
 * questions, and a flood of names that nobody knows must not reach the routers.
 *
 * <p>An answer is used for a second; for {@link #STALE} more it is used once again while a new one is on its way;
 * for {@link #LAST_RESORT} where nobody can be asked. At most {@value #MOST} names are held, the longest unused
 * dropped; one question per name is under way at a time. Safe for many threads, never blocks.
 */
final class Lookups {

    static final int MOST = 4_096;
    static final Duration FRESH = Duration.ofSeconds(1);
    static final Duration STALE = Duration.ofSeconds(4);
    static final Duration LAST_RESORT = Duration.ofMinutes(10);
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final Directory directory;
    private final LongSupplier nanoTime;
    private final Map<ServiceName, Entry> entries = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ServiceName, Lookups.Entry> eldest) {
            return size() > MOST;
        }
    };

    Lookups(Directory directory, LongSupplier nanoTime) {
        this.directory = directory;
        this.nanoTime = nanoTime;
    }

    /**
     * Returns the instances of a service that speak HTTP, callable or not; null where nobody knows the service.
     * Fails with {@link MoaException} where nobody could be asked and nothing is remembered.
     */
    CompletableFuture<@Nullable List<InstanceAddress>> instances(ServiceName service) {
        Entry entry;
        synchronized (entries) {
            entry = entries.computeIfAbsent(service, any -> new Entry());
        }
        return entry.get(service);
    }

    /** Notes that what is known of a service may be over: the next request for it asks again. */
    void doubt(ServiceName service) {
        synchronized (entries) {
            Entry entry = entries.get(service);
            if (entry != null) {
                entry.doubt();
            }
        }
    }

    /** What is remembered of one service. */
    private final class Entry {
        private @Nullable CompletableFuture<@Nullable List<InstanceAddress>> asking;
        private @Nullable Known known;

        CompletableFuture<@Nullable List<InstanceAddress>> get(ServiceName service) {
            CompletableFuture<@Nullable List<InstanceAddress>> answer;
            CompletableFuture<@Nullable List<InstanceAddress>> meanwhile = null;
            synchronized (this) {
                Known before = known;
                if (before != null) {
                    long age = nanoTime.getAsLong() - before.atNanos;
                    if (age < FRESH.toNanos()) {
                        return CompletableFuture.completedFuture(before.instances);
                    }
                    if (age < FRESH.plus(STALE).toNanos()) {
                        meanwhile = CompletableFuture.completedFuture(before.instances);
                    }
                }
                if (asking != null) {
                    return meanwhile == null ? asking : meanwhile;
                }
                answer = new CompletableFuture<>();
                asking = answer;
            }
            // outside of the lock: a directory may answer at once
            ask(service, answer);
            return meanwhile == null ? answer : meanwhile;
        }

        synchronized void doubt() {
            Known before = known;
            long stale = nanoTime.getAsLong() - FRESH.plus(STALE).toNanos();
            if (before != null && before.atNanos - stale > 0) {
                known = new Known(before.instances, stale);
            }
        }

        private void ask(ServiceName service, CompletableFuture<@Nullable List<InstanceAddress>> answer) {
            directory.lookup(service, Deadline.after(TIMEOUT)).whenComplete((found, failure) -> {
                Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
                settle(answer, found, cause);
            });
        }

        private void settle(
                CompletableFuture<@Nullable List<InstanceAddress>> answer,
                @Nullable ServiceAnswer found,
                @Nullable Throwable failure) {
            Known result;
            synchronized (this) {
                asking = null;
                long now = nanoTime.getAsLong();
                if (found != null) {
                    result = new Known(
                            found.instances().stream()
                                    .filter(instance -> instance.protocols().contains("http"))
                                    .toList(),
                            now);
                    known = result;
                } else if (failure instanceof MoaException e && e.code() == StatusCode.NOT_FOUND) {
                    result = new Known(null, now);
                    known = result;
                } else {
                    Known before = known;
                    boolean usable = before != null && now - before.atNanos < LAST_RESORT.toNanos();
                    result = usable ? before : null;
                }
            }
            if (result != null) {
                answer.complete(result.instances);
            } else {
                answer.completeExceptionally(
                        failure instanceof MoaException
                                ? failure
                                : new MoaException(StatusCode.UNAVAILABLE, "the lookup failed", failure));
            }
        }
    }

    private record Known(@Nullable List<InstanceAddress> instances, long atNanos) {}
}
