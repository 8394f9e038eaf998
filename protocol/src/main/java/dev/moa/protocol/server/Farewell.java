package dev.moa.protocol.server;

/** What a connection does when its port goes; on its event loop. */
interface Farewell {

    /**
     * The port goes soon: tells the peer, where the protocol has words for it, and {@link CallDesk#goodbyeEnds()} when
     * it has heard, or cannot.
     */
    void goAway(Goodbye goodbye);

    /**
     * The port waits no longer: ends the connection, with nothing unanswered, behind the next answer; and now, if
     * {@code evenIdle} and it is between two requests. Says {@link Peer#goodbyeSaid()} when it has. Is asked again
     * until then.
     */
    void hangUp(boolean evenIdle);
}
