package dev.moa.router.http;

import dev.moa.router.operator.Author;
import dev.moa.spring.security.RequestCaller;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/** Who sent a request, and why, for the record. */
final class Who {
    private Who() {}

    static Author asks(HttpServletRequest request, @Nullable String reason) {
        return new Author(RequestCaller.author(request), reason == null ? "" : reason.strip());
    }
}
