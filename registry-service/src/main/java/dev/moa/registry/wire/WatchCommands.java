package dev.moa.registry.wire;

import dev.moa.protocol.MoaException;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.resp.RespVersion;
import dev.moa.protocol.resp.RespWriter;
import dev.moa.protocol.server.RespExtension;
import dev.moa.protocol.server.RespSession;
import dev.moa.registry.catalog.RegistrationRules;
import dev.moa.registry.watch.SubscriptionHub;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Watches by {@code SUBSCRIBE}: a channel is a service, and a message is what {@code GET /v1/watch} sends as event
 * {@code change}, first a snapshot. Who was cut off subscribes again and gets another snapshot.
 */
final class WatchCommands implements RespExtension {
    private static final Set<String> COMMANDS = Set.of("SUBSCRIBE", "UNSUBSCRIBE", "PING", "RESET");

    private final SubscriptionHub hub;
    private final WatchMessages messages = new WatchMessages();
    private final Map<Long, RespWatches> connections = new ConcurrentHashMap<>();

    WatchCommands(SubscriptionHub hub) {
        this.hub = hub;
    }

    @Override
    public Set<String> commands() {
        return COMMANDS;
    }

    @Override
    public @Nullable CompletionStage<byte[]> run(RespSession session, List<String> words) {
        RespWatches known = connections.get(session.id());
        String name = words.get(0);
        if (name.equals("RESET")) {
            end(known);
            return null;
        }
        if (name.equals("PING")) {
            boolean isWatching = known != null && known.size() > 0;
            return isWatching && session.version() == RespVersion.RESP2 ? pong(words) : null;
        }
        try {
            return name.equals("SUBSCRIBE") ? subscribe(session, known, words) : unsubscribe(session, known, words);
        } catch (MoaException refusal) {
            return reply(out -> RespWriter.error(out, "ERR " + refusal.getMessage()));
        }
    }

    private CompletionStage<byte[]> subscribe(RespSession session, @Nullable RespWatches known, List<String> words) {
        if (words.size() == 1) {
            return reply(out -> RespWriter.error(out, "ERR wrong number of arguments for 'subscribe' command"));
        }
        Set<ServiceName> services = names(words);
        RespWatches watches = known == null ? new RespWatches(session, hub, messages) : known;
        int before = watches.size();
        watches.add(services);
        if (known == null) {
            connections.put(session.id(), watches);
            // once for a connection, however often it subscribes
            session.onClose(() -> {
                connections.remove(session.id());
                end(watches);
            });
        }
        return reply(out -> {
            int count = before;
            for (ServiceName service : services) {
                count = Math.min(watches.size(), count + 1);
                confirm(out, session.version(), "subscribe", service.value(), count);
            }
        });
    }

    private CompletionStage<byte[]> unsubscribe(RespSession session, @Nullable RespWatches known, List<String> words) {
        Set<ServiceName> named = names(words);
        Set<ServiceName> services = named.isEmpty() && known != null ? known.services() : named;
        int before = known == null ? 0 : known.size();
        int left = known == null ? 0 : known.remove(services);
        return reply(out -> {
            int count = before;
            for (ServiceName service : services) {
                count = Math.max(left, count - 1);
                confirm(out, session.version(), "unsubscribe", service.value(), count);
            }
            if (services.isEmpty()) {
                confirm(out, session.version(), "unsubscribe", null, 0);
            }
        });
    }

    private static void end(@Nullable RespWatches watches) {
        if (watches != null) {
            watches.remove(watches.services());
        }
    }

    private static Set<ServiceName> names(List<String> words) {
        Set<ServiceName> names = new LinkedHashSet<>();
        words.subList(1, words.size()).forEach(word -> names.add(RegistrationRules.serviceName(word)));
        return names;
    }

    private static void confirm(ByteBuf out, RespVersion version, String what, @Nullable String channel, int count) {
        RespWriter.push(out, version, 3);
        RespWriter.bulk(out, what);
        if (channel == null) {
            RespWriter.nothing(out, version);
        } else {
            RespWriter.bulk(out, channel);
        }
        RespWriter.integer(out, count);
    }

    // a RESP2 client that has subscribed is answered with a message, as nothing else may come there
    private static CompletionStage<byte[]> pong(List<String> words) {
        return reply(out -> {
            RespWriter.array(out, 2);
            RespWriter.bulk(out, "pong");
            RespWriter.bulk(out, words.size() > 1 ? words.get(1) : "");
        });
    }

    private static CompletionStage<byte[]> reply(Consumer<ByteBuf> writer) {
        ByteBuf out = Unpooled.buffer(128);
        writer.accept(out);
        return CompletableFuture.completedFuture(ByteBufUtil.getBytes(out));
    }
}
