package dev.moa.sdk;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.server.Goodbye;
import dev.moa.protocol.server.MoaPort;
import dev.moa.sdk.registry.RegistrationState;
import dev.moa.sdk.registry.RegistryClient;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a server leaves without a failed call, in this order: DRAINING in the registry, a moment for those who watch
 * it, GOAWAY and MOVING to those who are connected, the quiet time in which all are served on while they move, the
 * answers to what is in flight, each RESP and HTTP connection ended between two replies, out of the registry.
 */
final class Drain {

    private static final Logger log = LoggerFactory.getLogger(Drain.class);
    /** Callers are told this late at most when no registry answers; it goes on being told beside. */
    private static final Duration REGISTRY_GRACE = Duration.ofSeconds(1);
    /** Within this time a change in the registry has reached the routers and those who watch there, or they say so before. */
    private static final Duration WATCHERS_GRACE = Duration.ofMillis(500);
    /** To know where callers may go is worth this long a wait. */
    private static final Duration SUCCESSORS_GRACE = Duration.ofSeconds(1);

    private final MoaPort port;
    private final @Nullable RegistryClient registry;
    private final Duration quietTime;
    private final @Nullable Supplier<List<InetSocketAddress>> successors;

    /** @param successors where callers may go; null to ask the registry */
    Drain(
            MoaPort port,
            @Nullable RegistryClient registry,
            Duration quietTime,
            @Nullable Supplier<List<InetSocketAddress>> successors) {
        this.port = port;
        this.registry = registry;
        this.quietTime = quietTime;
        this.successors = successors;
    }

    /** Does it all within {@code limit}; what is not done by then is cut off. */
    void run(Duration limit) {
        Deadline deadline = Deadline.after(limit);
        RegistryClient client = registry;
        List<InetSocketAddress> others = List.of();
        if (client != null) {
            boolean known = client.registrations().stream().anyMatch(RegistrationState::isRegistered);
            boolean told = Boolean.TRUE.equals(await(
                    client.drain(),
                    deadline.earlier(Deadline.after(REGISTRY_GRACE)),
                    "the registry was not told in time that this process drains"));
            Deadline seen = deadline.earlier(Deadline.after(WATCHERS_GRACE));
            if (successors == null && known && told) {
                others = await(
                        client.successors(),
                        deadline.earlier(Deadline.after(SUCCESSORS_GRACE)),
                        "the registry did not say in time where callers may go");
            }
            if (known && told && !acknowledged(client, seen)) {
                pause(seen);
            }
        }
        if (successors != null) {
            others = successors.get();
        }
        port.goAway(new Goodbye(others == null ? List.of() : others, quietTime));
        await(port.drained(), deadline, "not all callers have left in time");
        if (port.inFlight() > 0) {
            log.warn("{} calls are still running after {} ms, they are cut off", port.inFlight(), limit.toMillis());
        }
        if (client != null) {
            client.close();
        }
    }

    private static boolean acknowledged(RegistryClient client, Deadline seen) {
        return Boolean.TRUE.equals(await(client.acknowledged(WATCHERS_GRACE), seen, "routers are behind"));
    }

    private static <T> @Nullable T await(CompletableFuture<T> done, Deadline deadline, String otherwise) {
        try {
            return done.get(Math.max(1, deadline.remainingMillis()), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.info(otherwise);
        }
        return null;
    }

    private static void pause(Deadline until) {
        try {
            TimeUnit.NANOSECONDS.sleep(Math.max(0, until.remainingNanos()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
