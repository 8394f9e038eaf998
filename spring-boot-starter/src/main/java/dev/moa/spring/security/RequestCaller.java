package dev.moa.spring.security;

import dev.moa.protocol.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The caller that {@link BearerTokenFilter} found behind a REST request. */
public final class RequestCaller {

    static final String ATTRIBUTE = RequestCaller.class.getName();

    /** The header in which the gateway names who works at the console; beyond ASCII it is percent-encoded UTF-8. */
    public static final String ACTOR = "Moa-Actor";

    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N} ._@-]{1,64}");

    private RequestCaller() {}

    /** Returns the caller, or null where this process asks for no token. */
    public static @Nullable Caller of(HttpServletRequest request) {
        return (Caller) request.getAttribute(ATTRIBUTE);
    }

    /**
     * Returns who to write down as the author of what an operator does: the name of the token; before it the name in the
     * header {@code Moa-Actor}, which the gateway sets for whoever works at the console, {@code anna by gateway}. Where
     * no token is asked for the header is taken as it is, and {@code local} without one.
     */
    public static String author(HttpServletRequest request) {
        Caller caller = of(request);
        String actor = actor(request.getHeader(ACTOR));
        if (caller == null) {
            return actor == null ? "local" : actor;
        }
        return actor == null || actor.equals(caller.name()) || caller.role() != Caller.Role.OPERATOR
                ? caller.name()
                : actor + " by " + caller.name();
    }

    private static @Nullable String actor(@Nullable String header) {
        if (header == null) {
            return null;
        }
        try {
            // a plus is a plus
            String name = URLDecoder.decode(header.replace("+", "%2B"), StandardCharsets.UTF_8)
                    .strip();
            return NAME.matcher(name).matches() ? name : null;
        } catch (IllegalArgumentException notEncodedSo) {
            return null;
        }
    }
}
