package dev.moa.compatibility;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * One row of the matrix: a client in a version, as it is, and the program that drives it.
 *
 * <p>The program finds ports and calls in its environment ({@code MOA_…}) and prints a line for each cell: its name,
 * a tab, what the client got, several replies joined by {@code |}. Before the cells {@code restart} and
 * {@code moving} it prints {@code ready} and the cell's name, then calls until the second instance answers, and
 * says how many calls failed on the way.
 *
 * @param name the client and its version
 * @param need what it takes to run it here
 * @param command the program
 * @param cells the cells that the program prints; what the client cannot do is left out
 * @param reply what the client prints for the reply of one call
 * @param waits whether its calls wait while it has no connection
 */
record StockClient(String name, Need need, List<String> command, Set<String> cells, String reply, boolean waits) {

    /** Every row has these columns, and says in {@link #cells} which it has nothing for. */
    static final List<String> COLUMNS =
            List.of("get", "pipeline", "multi", "mget", "resp2", "resp3", "auth", "wrong", "restart", "moving");

    static StockClient of(String name, Need need, List<String> command) {
        return new StockClient(name, need, command, new LinkedHashSet<>(COLUMNS), GreeterInstance.REPLY, false);
    }

    /** Returns the same row without cells for what this client has no way to do. */
    StockClient without(String... missing) {
        Set<String> rest = new LinkedHashSet<>(cells);
        rest.removeAll(Arrays.asList(missing));
        return new StockClient(name, need, command, rest, reply, waits);
    }

    /** Returns the same row with cells for what only this client does. */
    StockClient with(String... more) {
        Set<String> all = new LinkedHashSet<>(cells);
        all.addAll(Arrays.asList(more));
        return new StockClient(name, need, command, all, reply, waits);
    }

    /** Returns whether the client goes to the port that {@code MOVING} names, and not to its host alone. */
    boolean readsPorts() {
        return need != Need.PIP;
    }

    /** Returns the same row for a client that does not show replies. */
    StockClient printing(String word) {
        return new StockClient(name, need, command, cells, word, waits);
    }

    /** Returns the same row for a client whose calls wait until it has connected again, so that none may fail. */
    StockClient thatWaits() {
        return new StockClient(name, need, command, cells, reply, true);
    }

    /** Returns whether {@code value} is what the cell has to hold. */
    boolean accepts(String cell, String value) {
        return switch (cell) {
            case "pipeline" -> value.equals(String.join("|", reply, reply, reply)) || value.equals("ran");
            case "multi", "mget" -> value.equals(String.join("|", reply, reply)) || value.equals("ran");
            case "json" -> value.equals("hello world");
            // a prefix before the request: the answer names it
            case "prefix" -> value.contains("pre:");
            // redis-py 8 drops the first word of the error
            case "wrong" -> value.contains("WRONGPASS") || value.startsWith("invalid username-password pair");
            case "restart" -> value.matches("\\d{1,3}");
            case "moving" -> value.equals("0");
            default -> value.equals(reply);
        };
    }

    /**
     * Returns what the cell {@code restart} holds: how many calls failed until the second instance answered, with words
     * that nobody accepts where these are too many.
     *
     * @param failed what the program printed
     * @param excused how many calls a client that does not wait may lose while nothing listens
     */
    String restarted(String failed, long excused) {
        long most = waits ? 0 : excused;
        boolean isGood = failed.matches("\\d{1,3}") && Integer.parseInt(failed) <= most;
        return isGood ? failed : "%s (expected: at most %d)".formatted(failed, most);
    }

    @Override
    public String toString() {
        return name;
    }
}
