package dev.moa.router.peers;

import dev.moa.protocol.ServiceName;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.router.address.Instance;
import dev.moa.router.address.InstanceStatus;
import dev.moa.router.chain.Lookup;
import dev.moa.router.chain.LookupAnswer;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The routers, as this one knows them: the instances of {@code /service/lookup}, itself among them. Of one thread. */
final class PeerBook implements AutoCloseable {
    private static final ServiceName LOOKUP = ServiceName.of("/service/lookup");
    private static final int MAX_PEERS = 50;

    private final Lookup lookup;
    private final ConnectionOptions options;
    private final Map<String, Peer> peers = new HashMap<>();

    PeerBook(Lookup lookup, ConnectionOptions options) {
        this.lookup = lookup;
        this.options = options;
    }

    /** Returns those that are registered now, at most 50, by their addresses. */
    Map<String, Peer> registered() {
        LookupAnswer.Found found = lookup.peek(LOOKUP);
        Map<String, Instance> there = found == null
                ? Map.of()
                : found.view().instances().stream()
                        .filter(instance -> instance.status() != InstanceStatus.DOWN)
                        .limit(MAX_PEERS)
                        .collect(Collectors.toMap(Instance::address, each -> each, (first, second) -> first));
        peers.entrySet().removeIf(known -> {
            boolean isGone = !there.containsKey(known.getKey());
            if (isGone) {
                known.getValue().close();
            }
            return isGone;
        });
        there.forEach((address, instance) -> peers.computeIfAbsent(address, fresh -> new Peer(instance, options)));
        return Collections.unmodifiableMap(new TreeMap<>(peers));
    }

    /** Returns one that was registered when last asked; null otherwise. */
    @Nullable
    Peer get(String address) {
        return peers.get(address);
    }

    @Override
    public void close() {
        peers.values().forEach(Peer::close);
    }
}
