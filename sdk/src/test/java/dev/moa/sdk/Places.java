package dev.moa.sdk;

import java.util.List;

/** Methods that tell where they ran: the thread that carried them, at their beginning and after what they did. */
public interface Places {

    /** Does nothing. */
    List<String> go();

    /** Waits until {@link #release} unless {@code key} is empty: within {@code synchronized} if it begins with {@code monitor}. */
    List<String> hold(String key) throws InterruptedException;

    /** Lets go of a call that is {@link #hold held}. */
    void release(String key);

    /** Returns how many calls are held. */
    int held();

    /** Returns how many of the held calls were told that nobody waits for them. */
    int cancelled();

    /** Gives way so many times. */
    List<String> giveWay(int times);

    /** Computes for so many milliseconds. */
    List<String> compute(int milliseconds);

    /** Calls {@link #held} of itself over a connection if {@code how} is {@code free}, within a class initialiser if {@code pinned}. */
    List<String> ask(String how);

    /** Fails: {@code declared}, {@code undeclared} or {@code overflow}; anything else is none. */
    List<String> fail(String how) throws RefusedException;

    /** A declared exception. */
    final class RefusedException extends Exception {
        private static final long serialVersionUID = 1;

        public RefusedException(String message) {
            super(message);
        }
    }
}
