package dev.moa.sdk.registry;

import dev.moa.protocol.CallContext;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.protocol.client.MoaConnection;
import dev.moa.sdk.codec.Json;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ArrayNode;

/**
 * One moa connection to the registry that says which instances live at this end: when the process dies, the
 * connection breaks and the registry looks at once instead of at the end of the lease. It is an addition to the
 * leases; without it everything works, later.
 *
 * <p>Used by the registry thread only.
 */
final class HeldConnection implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(HeldConnection.class);
    private static final ServiceName REGISTRY = ServiceName.of("/service/registry");
    private static final long TIMEOUT_MS = 1_000;

    private final ConnectionOptions options;
    private @Nullable MoaConnection connection;
    private List<String> held = List.of();
    private boolean complained;

    HeldConnection(ConnectionOptions options) {
        this.options = options;
    }

    /** Makes sure that the registry at {@code address} knows this connection as the one of these registrations. */
    void hold(InetSocketAddress address, List<Registration> registrations) throws InterruptedException {
        List<String> wanted = new ArrayList<>();
        ArrayNode instances = Json.MAPPER.createArrayNode();
        for (Registration each : registrations) {
            wanted.add(each.id() + '#' + each.incarnation());
            instances.add(each.lease());
        }
        MoaConnection now = connection;
        boolean usable = now != null
                && now.isOpen()
                && now.address().getPort() == address.getPort()
                && now.address().getHostString().equals(resolved(address).getHostString());
        if (usable && held.equals(wanted)) {
            return;
        }
        try {
            if (now == null || !usable) {
                close();
                now = MoaConnection.open(resolved(address), options).get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
                connection = now;
            }
            Payload args = Payload.json(
                    Json.MAPPER.writeValueAsBytes(Json.MAPPER.createArrayNode().add(instances)));
            CallRequest request =
                    new CallRequest(null, REGISTRY, "hold", args, CallContext.EMPTY.withTimeoutMs(TIMEOUT_MS), null);
            now.call(request, Deadline.afterMillis(TIMEOUT_MS))
                    .get(2 * TIMEOUT_MS, TimeUnit.MILLISECONDS)
                    .resultOrThrow();
            held = wanted;
            complained = false;
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException | RuntimeException e) {
            if (!complained) {
                complained = true;
                log.info(
                        "no connection is held to the registry at {}, the lease alone speaks for this process: {}",
                        address,
                        e.getMessage());
            }
            close();
        }
    }

    private static InetSocketAddress resolved(InetSocketAddress address) {
        return address.isUnresolved() ? new InetSocketAddress(address.getHostString(), address.getPort()) : address;
    }

    @Override
    public void close() {
        held = List.of();
        MoaConnection now = connection;
        connection = null;
        if (now != null) {
            now.close();
        }
    }
}
