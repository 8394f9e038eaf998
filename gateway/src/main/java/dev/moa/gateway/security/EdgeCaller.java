package dev.moa.gateway.security;

import dev.moa.protocol.Caller;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/** The caller that {@link EdgeGuard} found behind a request. */
public final class EdgeCaller {

    /** The cookie of a sign-in at the console. */
    public static final String COOKIE = "moa-session";

    /** Carries a platform token where {@code Authorization} belongs to the service behind the gateway. */
    public static final String HEADER = "Moa-Token";

    static final String ATTRIBUTE = EdgeCaller.class.getName();

    private EdgeCaller() {}

    /** Returns the caller, or null where this gateway asks for no token. */
    public static @Nullable Caller of(ServerWebExchange exchange) {
        return exchange.getAttribute(ATTRIBUTE);
    }
}
