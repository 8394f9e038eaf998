package dev.moa.protocol.server;

import dev.moa.protocol.Caller;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who may use a port. RESP asks it at AUTH and HELLO, moa frames at HELLO, HTTP for each request's bearer token.
 *
 * <p>Called on event loops: it must not block. Safe for many threads.
 */
public interface Authenticator {

    /** Returns whether a connection must show a secret before it may call. */
    boolean isRequired();

    /**
     * Returns the caller that holds {@code secret}, or null if nobody does.
     *
     * @param user the user name that came with it, or null; most implementations go by the secret alone
     */
    @Nullable
    Caller authenticate(@Nullable String user, String secret);

    /** Returns the authenticator of a port that is open to all who can reach it. */
    static Authenticator none() {
        return OpenToAll.INSTANCE;
    }

    /**
     * Returns an authenticator that knows callers by their secrets, compared in a time that does not depend on
     * them.
     *
     * @param callers secret to caller; empty means that nobody gets in
     */
    static Authenticator tokens(Map<String, Caller> callers) {
        return new TokenAuthenticator(callers);
    }
}
