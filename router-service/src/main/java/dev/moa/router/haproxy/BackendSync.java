package dev.moa.router.haproxy;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes one backend of one HAProxy equal to what is wanted, in an order in which it never stands empty: add what is
 * new, see that something takes connections, then drain what has left, and delete it when its last connection is gone.
 *
 * <p>With nothing wanted the last servers stay: an HAProxy with servers that fail its checks tells more than one without.
 * Servers whose names do not begin with {@code moa-} are somebody else's. Of one thread.
 */
final class BackendSync {
    static final String PREFIX = "moa-";

    private final RuntimeApi haproxy;
    private final String backend;
    private final String options;
    private final Duration drainTimeout;
    private final Clock clock;
    private final Map<String, Long> leftAtMs = new HashMap<>();
    // read by any thread
    private volatile @Nullable Set<String> sending;

    BackendSync(RuntimeApi haproxy, String backend, String options, Duration drainTimeout, Clock clock) {
        this.haproxy = haproxy;
        this.backend = backend;
        this.options = options.isBlank() ? "" : " " + options.strip();
        this.drainTimeout = drainTimeout;
        this.clock = clock;
    }

    /**
     * What should be there.
     *
     * @param address where, as HAProxy writes it
     * @param weight 1 to 256
     */
    record Wanted(String address, int weight) {
        String name() {
            return PREFIX + address.replace("[", "").replace("]", "");
        }
    }

    /** Returns whether HAProxy may send new connections to an address; true before it could be asked at all. */
    boolean sendsTo(Wanted wanted) {
        Set<String> known = sending;
        return known == null || known.contains(wanted.name());
    }

    /** Does what can be done now; returns what HAProxy refused, or null. */
    @Nullable
    String apply(List<Wanted> wanted) throws IOException {
        Map<String, BackendServer> present = present();
        Set<String> before = new HashSet<>(present.keySet());
        if (wanted.isEmpty()) {
            before.removeAll(leftAtMs.keySet());
            sending = before;
            retire(present.values().stream()
                    .filter(server -> leftAtMs.containsKey(server.name()))
                    .toList());
            return null;
        }
        List<String> commands = new ArrayList<>();
        Map<String, Wanted> byName = new HashMap<>();
        for (Wanted server : wanted) {
            byName.put(server.name(), server);
            bring(server, present.get(server.name()), commands);
        }
        leftAtMs.keySet().removeAll(byName.keySet());
        leftAtMs.keySet().retainAll(present.keySet());
        String refusal = commands.isEmpty() ? null : refusal(haproxy.run(commands));
        List<BackendServer> stale = present.values().stream()
                .filter(server -> !byName.containsKey(server.name()))
                .toList();
        if (stale.isEmpty()) {
            sending = Set.copyOf(byName.keySet());
            return refusal;
        }
        Map<String, BackendServer> now = commands.isEmpty() ? present : present();
        boolean someoneServes = byName.keySet().stream().anyMatch(name -> takesConnections(now.get(name)));
        if (!someoneServes) {
            before.addAll(byName.keySet());
            sending = before;
            return refusal == null ? "none of the new servers takes connections yet" : refusal;
        }
        retire(stale);
        sending = Set.copyOf(byName.keySet());
        return refusal;
    }

    private static boolean takesConnections(@Nullable BackendServer server) {
        return server != null && server.takesConnections();
    }

    private void bring(Wanted wanted, @Nullable BackendServer present, List<String> commands) {
        String server = backend + "/" + wanted.name();
        if (present == null) {
            commands.add("add server %s %s weight %d%s".formatted(server, wanted.address, wanted.weight, options));
            if (options.contains(" check")) {
                commands.add("enable health " + server);
            }
            commands.add("enable server " + server);
        } else if (present.isInMaintenance() || present.isDrained()) {
            commands.add("set server " + server + " state ready");
        }
        if (present != null && present.weight() != wanted.weight) {
            commands.add("set server %s weight %d".formatted(server, wanted.weight));
        }
    }

    private void retire(List<BackendServer> stale) throws IOException {
        long now = clock.millis();
        List<String> drains = new ArrayList<>();
        for (BackendServer server : stale) {
            if (leftAtMs.putIfAbsent(server.name(), now) == null || !server.isDrained() && !server.isInMaintenance()) {
                drains.add("set server %s/%s state drain".formatted(backend, server.name()));
            }
        }
        if (!drains.isEmpty()) {
            haproxy.run(drains);
        }
        Map<String, Integer> connections = connections();
        List<String> ends = new ArrayList<>();
        for (BackendServer server : stale) {
            String name = backend + "/" + server.name();
            boolean isOver = now - leftAtMs.getOrDefault(server.name(), now) >= drainTimeout.toMillis();
            if (isOver) {
                ends.add("shutdown sessions server " + name);
            }
            if (isOver || connections.getOrDefault(server.name(), 1) == 0) {
                ends.add("set server " + name + " state maint");
                // refused while a connection still ends; the next look tries again
                ends.add("del server " + name);
            }
        }
        if (!ends.isEmpty()) {
            haproxy.run(ends);
        }
    }

    private Map<String, BackendServer> present() throws IOException {
        String printed = haproxy.run(List.of("show servers state " + backend));
        if (!printed.startsWith("1\n")) {
            throw new IOException("%s has no backend %s: %s".formatted(haproxy, backend, printed.strip()));
        }
        return BackendServer.read(printed, PREFIX);
    }

    /** Returns the connections that each server has, by its name. */
    private Map<String, Integer> connections() throws IOException {
        Map<String, Integer> connections = new HashMap<>();
        // # bkname/svname bkid/svid addr port - purge_delay used_cur used_max …
        for (String line : haproxy.run(List.of("show servers conn " + backend)).split("\n")) {
            String[] fields = line.split(" ");
            int slash = fields[0].indexOf('/');
            if (slash > 0 && fields.length > 6 && fields[6].matches("[0-9]+")) {
                connections.put(fields[0].substring(slash + 1), Integer.parseInt(fields[6]));
            }
        }
        return connections;
    }

    private static @Nullable String refusal(String printed) {
        for (String line : printed.split("\n")) {
            if (!line.isBlank() && !line.startsWith("New server registered")) {
                return line.strip();
            }
        }
        return null;
    }
}
