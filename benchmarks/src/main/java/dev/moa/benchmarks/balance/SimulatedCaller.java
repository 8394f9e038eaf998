package dev.moa.benchmarks.balance;

import java.util.List;

/** A client in the simulation: which node gets the next call, and what is repeated. Nodes are numbers from 0. */
public interface SimulatedCaller {

    /** How an attempt ended. */
    enum End {
        ANSWERED,
        FAILED,
        TIMED_OUT,
        /** Another attempt of the same call, made later, was faster. */
        OUTRUN,
        /** An earlier attempt of the same call was faster. */
        CANCELLED
    }

    /** Returns who it is, with its version. */
    String name();

    /** A call begins. */
    void called();

    /** Returns the node for an attempt; {@code tried} had the call before. */
    int choose(List<Integer> tried);

    /** An attempt goes out. */
    void began(int node);

    /** An attempt has ended. */
    void ended(int node, End end, long tookNanos);

    /** Returns whether a call that failed after so many attempts is tried again. */
    boolean mayRetry(int attempts);

    /** Returns after how long a call goes to a second node too; {@link Long#MAX_VALUE} means never. */
    default long hedgeAfterNanos() {
        return Long.MAX_VALUE;
    }

    /** Returns whether a hedge that is due may go out. */
    default boolean mayHedge() {
        return false;
    }

    /** Another 100 ms have passed. */
    default void tick() {}

    /** Another node is there. */
    void added();
}
