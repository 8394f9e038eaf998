package dev.moa.router.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Caller;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.IncomingCall;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.router.address.AddressSource;
import dev.moa.router.address.Finding;
import dev.moa.router.chain.Lookup;
import dev.moa.router.chain.Switches;
import dev.moa.router.operator.SharedHash;
import dev.moa.router.peers.Digests;
import dev.moa.router.store.RedisLink;
import dev.moa.router.watch.WatchProperties;
import dev.moa.router.watch.Watches;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArraySet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LookupHandlerTests {
    private final Set<String> threads = new CopyOnWriteArraySet<>();
    private final SharedHash words = new SharedHash(
            new RedisLink(() -> {
                throw new IllegalStateException("no Redis here");
            }),
            "switches",
            "channel",
            "said",
            Switches::atMs,
            Clock.systemUTC());

    @Test
    void whoWaitsIsLookedThroughOffTheThreadThatAsks() {
        Lookup lookup = new Lookup(List.of(new Noting()), new Switches(words), (source, finding) -> {});
        try (words;
                Watches watches = new Watches(lookup, new WatchProperties(Duration.ofSeconds(1), 1, 1));
                LookupHandler handler = new LookupHandler(
                        lookup,
                        watches,
                        (service, host, port) -> List.of(),
                        new Digests(lookup, Set::of),
                        marks -> CompletableFuture.completedFuture(List.of()))) {
            CallRequest request =
                    CallRequest.of(LookupHandler.SERVICE, "watchers", Payload.json("[\"/service/user\",\"u1\"]"));

            assertThat(handler.handle(request, new Call()).toCompletableFuture())
                    .succeedsWithin(Duration.ofSeconds(5))
                    .matches(CallResponse::isOk);
            assertThat(threads).isNotEmpty().allMatch(name -> name.startsWith("router-lookup-"));
        }
    }

    /** Knows nothing, and who asked. */
    private final class Noting implements AddressSource {
        @Override
        public String name() {
            return "live";
        }

        @Override
        public String description() {
            return "test";
        }

        @Override
        public boolean isImmediate() {
            return true;
        }

        @Override
        public Finding find(ServiceName service, Deadline deadline) {
            threads.add(Thread.currentThread().getName());
            return new Finding.Unknown("not here");
        }
    }

    private static final class Call implements IncomingCall {
        @Override
        public Deadline deadline() {
            return Deadline.afterMillis(5_000);
        }

        @Override
        public SocketAddress peer() {
            return new InetSocketAddress("127.0.0.1", 1);
        }

        @Override
        public @Nullable Caller caller() {
            return null;
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public void onCancel(Runnable action) {}
    }
}
