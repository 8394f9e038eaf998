package dev.moa.router.readthrough;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.ServiceName;
import dev.moa.router.address.AddressSource;
import dev.moa.router.address.Finding;
import dev.moa.router.address.ServiceState;
import dev.moa.router.address.ServiceView;
import dev.moa.router.store.RegistryStore;
import dev.moa.router.store.StoreException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads one service from a Redis when it is looked up: {@code primary} from where the registry writes,
 * {@code replica} from a copy of it.
 *
 * <p>Many lookups of one name share one read, and what a read found is given out for a moment, known or not,
 * so that lookups of a name nobody has registered do not become Redis's load.
 */
public final class StoreSource implements AddressSource {

    /** Reads at once, of different names; more find the source busy. */
    private static final int MAX_READS = 64;

    private static final int MAX_REMEMBERED = 10_000;
    private static final long REMEMBERED_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final String name;
    private final String description;
    private final @Nullable RegistryStore store;
    private final Doubt doubt;
    private final Consumer<ServiceView> onFound;
    private final Semaphore reads = new Semaphore(MAX_READS);
    private final Map<ServiceName, Reading> readings = new ConcurrentHashMap<>();

    /** Says why a reading is not believed. */
    @FunctionalInterface
    public interface Doubt {
        /** Returns why the reading is not believed, null if it is. */
        @Nullable
        String about(ServiceName service, @Nullable ServiceState reading);
    }

    private record Reading(CompletableFuture<Finding> result, long startedNanos) {}

    /**
     * @param store null if no such Redis is configured
     * @param onFound is told each answer that was read and believed
     */
    public StoreSource(
            String name,
            String description,
            @Nullable RegistryStore store,
            Doubt doubt,
            Consumer<ServiceView> onFound) {
        this.name = name;
        this.description = description;
        this.store = store;
        this.doubt = doubt;
        this.onFound = onFound;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public boolean isImmediate() {
        return false;
    }

    @Override
    public Finding find(ServiceName service, Deadline deadline) {
        RegistryStore redis = store;
        if (redis == null) {
            return new Finding.Passed("not configured");
        }
        long now = System.nanoTime();
        Reading mine = new Reading(new CompletableFuture<>(), now);
        Reading shared = readings.compute(
                service,
                (key, before) -> before != null && now - before.startedNanos < REMEMBERED_NANOS ? before : mine);
        if (shared == mine) {
            read(redis, service, mine);
        }
        try {
            return shared.result.get(Math.max(0, deadline.remainingNanos()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return new Finding.Failed("did not answer within the lookup's deadline");
        } catch (ExecutionException e) {
            return new Finding.Failed(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Finding.Failed("interrupted");
        }
    }

    private void read(RegistryStore redis, ServiceName service, Reading reading) {
        if (readings.size() > MAX_REMEMBERED) {
            readings.clear();
        }
        if (!reads.tryAcquire()) {
            readings.remove(service, reading);
            reading.result.complete(new Finding.Failed("busy: %d reads at once is the limit".formatted(MAX_READS)));
            return;
        }
        try {
            reading.result.complete(judge(service, redis.state(service)));
        } catch (StoreException e) {
            reading.result.complete(new Finding.Failed(String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            reading.result.complete(new Finding.Failed("cannot be read: " + e));
        } finally {
            reads.release();
        }
    }

    private Finding judge(ServiceName service, @Nullable ServiceState state) {
        String why = doubt.about(service, state);
        if (why != null) {
            return new Finding.Failed("not believed: " + why);
        }
        if (state == null) {
            return new Finding.Unknown("Redis does not know it");
        }
        ServiceView view = ServiceView.of(state);
        onFound.accept(view);
        return new Finding.Answered(view, 0);
    }
}
