package dev.moa.sdk.call;

import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.sdk.lookup.InstanceAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a client, one to each address, shared by all services that are there: over TLS to instances that say
 * that they speak it, plain to others.
 */
final class Lines {

    private record Key(String host, int port, boolean tls) {}

    private final ConnectionOptions options;
    private final ConnectionOptions plain;
    private final boolean sslRequired;
    private final ScheduledExecutorService timer;
    private final Map<Key, Line> lines = new HashMap<>();

    /**
     * @param options with TLS if this client can speak it
     * @param sslRequired whether to refuse instances that do not
     */
    Lines(ConnectionOptions options, boolean sslRequired, ScheduledExecutorService timer) {
        this.options = options;
        this.plain = options.withSsl(null);
        this.sslRequired = sslRequired;
        this.timer = timer;
    }

    /** Returns the line to an instance; the caller gives it back by {@link #release}. */
    synchronized Line use(InstanceAddress instance) {
        Line line = lines.computeIfAbsent(new Key(instance.host(), instance.port(), instance.speaksTls()), this::line);
        line.use();
        return line;
    }

    private Line line(Key key) {
        return new Line(
                InetSocketAddress.createUnresolved(key.host, key.port), key.tls ? options : plain, refusal(key), timer);
    }

    private @Nullable String refusal(Key key) {
        if (key.tls && options.ssl() == null) {
            return "the instance at %s:%d speaks TLS only, this client none (expected: moa.client.ssl.bundle, or MoaClient.Builder.ssl)"
                    .formatted(key.host, key.port);
        }
        if (!key.tls && sslRequired) {
            return "the instance at %s:%d speaks no TLS, which moa.client.ssl.required asks for (expected: moa.server.ssl.bundle, or MoaServer.Builder.ssl, there)"
                    .formatted(key.host, key.port);
        }
        return null;
    }

    synchronized void release(Line line) {
        if (line.release()) {
            lines.values().remove(line);
        }
    }

    void tick() {
        all().forEach(Line::tick);
    }

    void close() {
        all().forEach(Line::close);
    }

    private synchronized List<Line> all() {
        return List.copyOf(lines.values());
    }
}
