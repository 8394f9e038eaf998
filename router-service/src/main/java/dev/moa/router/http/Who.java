package dev.moa.router.http;

import dev.moa.protocol.Caller;
import dev.moa.spring.security.RequestCaller;
import jakarta.servlet.http.HttpServletRequest;

/** Who sent a request, for the record. */
final class Who {
    private Who() {}

    /** Returns the name of the token, or where the request came from if none was asked for. */
    static String asks(HttpServletRequest request) {
        Caller caller = RequestCaller.of(request);
        return caller == null ? request.getRemoteAddr() : caller.name();
    }
}
