package dev.moa.router.haproxy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One server of a backend, as {@code show servers state} lists it.
 *
 * @param name what we called it; says where it is
 * @param operation 0 stopped, 1 starting, 2 running, 3 stopping
 * @param administration 0 or a mask: 0x01 maintenance, 0x08 drained by us
 * @param weight 0 to 256
 */
record BackendServer(String name, int operation, int administration, int weight) {
    private static final int MAINTENANCE = 0x01;
    private static final int DRAINED = 0x08;

    boolean takesConnections() {
        return operation > 0 && operation < 3 && administration == 0 && weight > 0;
    }

    boolean isInMaintenance() {
        return (administration & MAINTENANCE) != 0;
    }

    boolean isDrained() {
        return (administration & DRAINED) != 0;
    }

    /** Reads the servers whose names begin with {@code prefix}, by name. */
    static Map<String, BackendServer> read(String printed, String prefix) {
        Map<String, BackendServer> servers = new LinkedHashMap<>();
        List<String> columns = List.of();
        for (String line : printed.split("\n")) {
            if (line.startsWith("# ")) {
                columns = Arrays.asList(line.substring(2).split(" "));
            }
            String[] fields = line.split(" ");
            int name = columns.indexOf("srv_name");
            if (name < 0 || fields.length < columns.size() || !fields[name].startsWith(prefix)) {
                continue;
            }
            BackendServer server = new BackendServer(
                    fields[name],
                    number(fields, columns, "srv_op_state"),
                    number(fields, columns, "srv_admin_state"),
                    number(fields, columns, "srv_uweight"));
            servers.put(server.name, server);
        }
        return servers;
    }

    private static int number(String[] fields, List<String> columns, String column) {
        return Integer.parseInt(fields[columns.indexOf(column)]);
    }
}
