package dev.moa.sdk.registry;

import dev.moa.protocol.CallContext;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.protocol.client.MoaConnection;
import dev.moa.sdk.codec.Json;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * One moa connection to the registry that says which instances live at this end: when the process dies, the
 * connection breaks and the registry looks at once instead of at the end of the lease. It is an addition to the
 * leases; without it everything works, later.
 *
 * <p>Leases are renewed on it, and services registered that come later: that costs a registry a fraction of REST.
 *
 * <p>A call of {@code hold} is always open on it: a long poll that the registry answers after its time and that is
 * made again at once. Used by the registry thread; only the answers come on the connection's own.
 */
final class HeldConnection implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(HeldConnection.class);
    private static final ServiceName REGISTRY = ServiceName.of("/service/registry");
    private static final long CONNECT_MS = 1_000;
    /** Longer than any registry lets a hold wait. */
    private static final long HOLD_MS = 60_000;
    /** For a renewal or a registration; after it REST is asked. */
    private static final long ASK_MS = 1_000;
    /** An answer sooner than this is followed by the next round of renewals, not by the next call at once. */
    private static final long SHORTEST_HOLD_MS = 1_000;

    /** Where a connection is held. */
    record At(InetSocketAddress address, boolean tls) {
        private static final String TLS = "tls://";

        /**
         * Reads what a registry announces.
         *
         * @param asked the host that announces it, for one that is bound to all addresses
         * @throws IllegalArgumentException if it is no address
         */
        static At announced(String text, String asked) {
            boolean tls = text.startsWith(TLS);
            int colon = text.lastIndexOf(':');
            try {
                String host = text.substring(tls ? TLS.length() : 0, colon);
                int port = Integer.parseInt(text.substring(colon + 1));
                boolean any = host.isEmpty() || host.equals("0.0.0.0");
                return new At(new InetSocketAddress(any ? asked : host, port), tls);
            } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                throw new IllegalArgumentException("'%s' (expected: host:port, or tls://host:port)".formatted(text), e);
            }
        }
    }

    private final ConnectionOptions options;
    private final boolean sslRequired;
    private @Nullable MoaConnection connection;
    private @Nullable Hold hold;
    private boolean complained;

    /** @param sslRequired whether to hold none without TLS */
    HeldConnection(ConnectionOptions options, boolean sslRequired) {
        this.options = options;
        this.sslRequired = sslRequired;
    }

    /** Makes sure that the registry there knows this connection as the one of these registrations. */
    void hold(At at, List<Registration> registrations) throws InterruptedException {
        InetSocketAddress address = at.address();
        if (at.tls() ? options.ssl() == null : sslRequired) {
            complain(
                    address,
                    at.tls()
                            ? "it speaks TLS (expected: moa.client.ssl.bundle, or MoaServer.Builder.registrySsl)"
                            : "it speaks no TLS, which is required (expected: moa.server.ssl.bundle at the registry)");
            return;
        }
        List<String> wanted = new ArrayList<>();
        ArrayNode instances = Json.MAPPER.createArrayNode();
        for (Registration each : registrations) {
            wanted.add(each.id() + '#' + each.incarnation());
            instances.add(each.lease());
        }
        MoaConnection now = connection;
        Hold before = hold;
        boolean usable = now != null
                && now.isOpen()
                && !now.isGoingAway()
                && now.address().getPort() == address.getPort()
                && now.address().getHostString().equals(resolved(address).getHostString());
        if (usable && before != null && before.running && before.leases.equals(wanted)) {
            complained = false;
            return;
        }
        if (before != null && before.problem != null) {
            complain(address, before.problem);
        }
        try {
            if (now == null || !usable) {
                close();
                before = null;
                now = MoaConnection.open(resolved(address), at.tls() ? options : options.withSsl(null))
                        .get(CONNECT_MS, TimeUnit.MILLISECONDS);
                connection = now;
            }
            Payload args = Payload.json(
                    Json.MAPPER.writeValueAsBytes(Json.MAPPER.createArrayNode().add(instances)));
            CallRequest request =
                    new CallRequest(null, REGISTRY, "hold", args, CallContext.EMPTY.withTimeoutMs(HOLD_MS), null);
            Hold next = new Hold(now, request, wanted);
            hold = next;
            next.call();
            if (before != null) {
                // after the new one: at no moment are the instances without a hold
                before.end();
            }
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            complain(address, String.valueOf(e.getMessage()));
            close();
        }
    }

    /** Renews leases; returns whether the registry has answered for all of them. */
    boolean renew(List<Registration> leases) throws InterruptedException {
        ArrayNode list = Json.MAPPER.createArrayNode();
        leases.forEach(each -> list.add(each.lease()));
        JsonNode answer = ask("renew", list);
        if (answer != null) {
            RenewalAnswer.take(answer, leases);
        }
        return answer != null;
    }

    /** Registers what it can in one request; what is not registered afterwards has to be registered by REST. */
    void register(List<Registration> missing, int ttlSeconds) throws InterruptedException {
        ArrayNode list = Json.MAPPER.createArrayNode();
        missing.forEach(each -> list.add(each.body(ttlSeconds)));
        JsonNode answer = ask("registerAll", list);
        JsonNode results = answer == null ? list : answer.path("results");
        for (int i = 0; i < missing.size(); i++) {
            Registration each = missing.get(i);
            JsonNode registered = results.path(i).path("registered");
            long incarnation = registered.path("incarnation").asLong(0);
            if (incarnation > 0) {
                each.registered(registered.path("id").asString(each.id()), incarnation);
                log.info("{} is registered (incarnation {})", each.spec().service(), incarnation);
            }
        }
    }

    /** Calls the registry; null where there is no connection, or no good answer in time. */
    private @Nullable JsonNode ask(String method, ArrayNode argument) throws InterruptedException {
        MoaConnection now = connection;
        if (now == null || !now.isOpen() || now.isGoingAway()) {
            return null;
        }
        Payload args = Payload.json(
                Json.MAPPER.writeValueAsBytes(Json.MAPPER.createArrayNode().add(argument)));
        CallRequest request =
                new CallRequest(null, REGISTRY, method, args, CallContext.EMPTY.withTimeoutMs(ASK_MS), null);
        try {
            CallResponse answer =
                    now.call(request, Deadline.afterMillis(ASK_MS)).get(2 * ASK_MS, TimeUnit.MILLISECONDS);
            Payload result = answer.result();
            if (answer.isOk() && result != null) {
                return Json.MAPPER.readTree(result.array(), result.offset(), result.length());
            }
            log.debug("{} by the held connection: {}", method, answer.message());
        } catch (ExecutionException | TimeoutException | JacksonException e) {
            log.debug("{} by the held connection: {}", method, e.getMessage());
        }
        return null;
    }

    private void complain(InetSocketAddress address, String problem) {
        if (!complained) {
            complained = true;
            log.info(
                    "no connection is held to the registry at {}, the lease alone speaks for this process: {}",
                    address,
                    problem);
        }
    }

    private static InetSocketAddress resolved(InetSocketAddress address) {
        return address.isUnresolved() ? new InetSocketAddress(address.getHostString(), address.getPort()) : address;
    }

    @Override
    public void close() {
        Hold last = hold;
        hold = null;
        if (last != null) {
            last.running = false;
        }
        MoaConnection now = connection;
        connection = null;
        if (now != null) {
            now.close();
        }
    }

    /** The open call for a set of leases, again and again until it fails or is ended. */
    private static final class Hold {
        private final MoaConnection connection;
        private final CallRequest request;
        private final List<String> leases;
        private volatile boolean running = true;
        private volatile @Nullable String problem;
        private volatile @Nullable CompletableFuture<CallResponse> open;

        Hold(MoaConnection connection, CallRequest request, List<String> leases) {
            this.connection = connection;
            this.request = request;
            this.leases = leases;
        }

        void call() {
            long called = System.nanoTime();
            CompletableFuture<CallResponse> answer = connection.call(request, Deadline.afterMillis(HOLD_MS));
            open = answer;
            answer.whenComplete((response, error) -> {
                boolean held = response != null && response.isOk();
                boolean longEnough = System.nanoTime() - called > TimeUnit.MILLISECONDS.toNanos(SHORTEST_HOLD_MS);
                if (running && held && longEnough && connection.isOpen()) {
                    call();
                } else {
                    if (response != null && !held) {
                        problem = response.message();
                    }
                    running = false;
                }
            });
        }

        void end() {
            running = false;
            CompletableFuture<CallResponse> last = open;
            if (last != null) {
                last.cancel(false);
            }
        }
    }
}
