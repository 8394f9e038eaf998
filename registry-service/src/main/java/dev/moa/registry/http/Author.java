package dev.moa.registry.http;

import dev.moa.registry.Permissions;
import dev.moa.spring.security.RequestCaller;
import jakarta.servlet.http.HttpServletRequest;

/** Who does something that is taken down. */
final class Author {
    private Author() {}

    static String of(HttpServletRequest request) {
        return RequestCaller.author(request);
    }

    /** Returns the operator's name; refuses everybody else. */
    static String operator(HttpServletRequest request, String what) {
        Permissions.requireOperator(RequestCaller.of(request), what);
        return of(request);
    }
}
