package dev.moa.sdk.call;

import dev.moa.protocol.client.ConnectionOptions;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;

/** The lines of a client, one to each address, shared by all services that are there. */
final class Lines {

    private final ConnectionOptions options;
    private final ScheduledExecutorService timer;
    private final Map<InetSocketAddress, Line> lines = new HashMap<>();

    Lines(ConnectionOptions options, ScheduledExecutorService timer) {
        this.options = options;
        this.timer = timer;
    }

    /** Returns the line to an address; the caller gives it back by {@link #release}. */
    synchronized Line use(String host, int port) {
        Line line = lines.computeIfAbsent(
                InetSocketAddress.createUnresolved(host, port), address -> new Line(address, options, timer));
        line.use();
        return line;
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
