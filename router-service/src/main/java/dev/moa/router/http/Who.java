package dev.moa.router.http;

import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;

/** Who sent a request, for the record. */
final class Who {
    private Who() {}

    /** Returns the name of the token, or where the request came from if none was asked for. */
    static String asks(HttpServletRequest request) {
        Principal principal = request.getUserPrincipal();
        return principal == null ? request.getRemoteAddr() : principal.getName();
    }
}
