package dev.moa.benchmarks;

import java.util.Map;

/** The ports of a running platform's parts, by names such as {@code router.http}. */
record PartPorts(Map<String, Integer> byName) {

    /** @throws IllegalStateException if that part was not started */
    int of(String name) {
        Integer port = byName.get(name);
        if (port == null) {
            throw new IllegalStateException("%s is not running (running: %s); start the whole with: ./moa up --demo -d"
                    .formatted(name, byName.keySet()));
        }
        return port;
    }
}
