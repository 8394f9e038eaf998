package dev.moa.spring.security;

import dev.moa.protocol.Caller;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/** The caller that {@link BearerTokenFilter} found behind a REST request. */
public final class RequestCaller {

    static final String ATTRIBUTE = RequestCaller.class.getName();

    private RequestCaller() {}

    /** Returns the caller, or null where this process asks for no token. */
    public static @Nullable Caller of(HttpServletRequest request) {
        return (Caller) request.getAttribute(ATTRIBUTE);
    }
}
