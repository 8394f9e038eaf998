package dev.moa.protocol.server;

import dev.moa.protocol.Caller;
import org.jspecify.annotations.Nullable;

/** Asks nobody for anything. A secret that a client sends all the same is refused, as Redis does. */
enum OpenToAll implements Authenticator {
    INSTANCE;

    @Override
    public boolean isRequired() {
        return false;
    }

    @Override
    public @Nullable Caller authenticate(@Nullable String user, String secret) {
        return null;
    }
}
