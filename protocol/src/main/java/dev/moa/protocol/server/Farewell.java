package dev.moa.protocol.server;

/**
 * What a connection does when its port goes; on its event loop. Of each of the two it says once, by
 * {@link CallDesk#goodbyeEnds()}, when it has done it or the connection has gone.
 */
interface Farewell {

    /** The port goes soon: tells the peer, where the protocol has words for it. */
    void goAway(Goodbye goodbye);

    /** The port waits no longer: ends the connection between two replies, with nothing unanswered. */
    void hangUp();
}
