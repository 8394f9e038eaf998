package dev.moa.benchmarks.load.registry;

import java.util.List;
import java.util.function.IntConsumer;

/** A registry as its clients see it, in the way that serves it best. */
public interface RegistryPeer {

    /**
     * Opens one connection that is told of the changes of some services; returns when it will be.
     *
     * @param told takes the number of each registration that the connection is told of, any thread
     * @throws Exception if the registry refuses; called by several threads at once
     */
    void watch(List<String> services, IntConsumer told) throws Exception;

    /** Returns a connection for one thread to register with; that of an earlier run where it may stay open. */
    Session session(int thread) throws Exception;

    /** A connection of one thread. */
    interface Session {

        /** Registers instance {@code number} of a service; returns when the registry has confirmed it. */
        void register(String service, int number) throws Exception;

        /** Registers one instance of each service, as many at once as the registry takes: one, unless it says more. */
        default void registerAll(List<String> services, int firstNumber) throws Exception {
            for (int i = 0; i < services.size(); i++) {
                register(services.get(i), firstNumber + i);
            }
        }
    }

    /** The host by which an instance is known again. */
    static String host(int number) {
        return "10." + (number >> 16 & 255) + "." + (number >> 8 & 255) + "." + (number & 255);
    }

    /** Returns the number of a host, or -1 if it is none of ours. */
    static int number(String host) {
        String[] parts = host.split("\\.", -1);
        if (parts.length != 4 || !parts[0].equals("10")) {
            return -1;
        }
        return Integer.parseInt(parts[1]) << 16 | Integer.parseInt(parts[2]) << 8 | Integer.parseInt(parts[3]);
    }

    /** About 300 bytes, as instances carry with them. */
    static String metadata() {
        return "x".repeat(300);
    }

    /** The name of a service. */
    static String service(int number) {
        return "/service/bench/s" + number;
    }
}
