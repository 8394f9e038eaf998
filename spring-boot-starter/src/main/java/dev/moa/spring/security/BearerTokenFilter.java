package dev.moa.spring.security;

import dev.moa.protocol.Caller;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.springframework.util.AntPathMatcher;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Asks each REST request for a bearer token: reads for any role, writes for {@code service} or
 * {@code operator}, writes to the operator's paths for {@code operator} alone. A POST to a reading path is a read, of
 * more than fits in an address. Health is open, so that orchestrators need no secret; it says no more than up or down
 * to strangers.
 */
final class BearerTokenFilter extends OncePerRequestFilter {

    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");

    private final TokenBook tokens;
    private final List<String> operatorPaths;
    private final List<String> readPaths;
    private final AntPathMatcher paths = new AntPathMatcher();

    BearerTokenFilter(TokenBook tokens, List<String> operatorPaths, List<String> readPaths) {
        this.tokens = tokens;
        this.operatorPaths = operatorPaths;
        this.readPaths = readPaths;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        String path = path(request);
        return !tokens.isRequired() || path.equals("/actuator/health") || path.startsWith("/actuator/health/");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String header = request.getHeader("Authorization");
        if (header == null || !header.regionMatches(true, 0, "Bearer ", 0, 7)) {
            refuse(response, 401, "no token", "send the header Authorization: Bearer <token>");
            return;
        }
        Caller caller = tokens.find(header.substring(7).strip());
        if (caller == null) {
            refuse(response, 401, "unknown token", "use a token of moa.security.tokens");
            return;
        }
        if (!isRead(request.getMethod(), path(request)) && !mayWrite(caller, path(request))) {
            refuse(
                    response,
                    403,
                    "token '" + caller.name() + "' has the role "
                            + caller.role().name().toLowerCase(java.util.Locale.ROOT),
                    "use a token with the role operator");
            return;
        }
        request.setAttribute(RequestCaller.ATTRIBUTE, caller);
        chain.doFilter(request, response);
    }

    /**
     * Returns the path as the container understood it: decoded, without {@code ..} and without what stands behind a
     * semicolon, because the application is reached by all of these spellings too.
     */
    private static String path(HttpServletRequest request) {
        return request.getPathInfo() == null
                ? request.getServletPath()
                : request.getServletPath() + request.getPathInfo();
    }

    private boolean isRead(String method, String path) {
        return READS.contains(method) || (method.equals("POST") && isAmong(readPaths, path));
    }

    private boolean isAmong(List<String> patterns, String path) {
        return patterns.stream().anyMatch(pattern -> paths.match(pattern, path));
    }

    private boolean mayWrite(Caller caller, String path) {
        return switch (caller.role()) {
            case OPERATOR -> true;
            case SERVICE -> !isAmong(operatorPaths, path);
            case READER -> false;
        };
    }

    private static void refuse(HttpServletResponse response, int status, String detail, String todo)
            throws IOException {
        response.setStatus(status);
        if (status == 401) {
            response.setHeader("WWW-Authenticate", "Bearer");
        }
        response.setContentType("application/problem+json");
        response.getWriter()
                .write("{\"title\":\"%s\",\"status\":%d,\"detail\":\"%s\",\"todo\":\"%s\"}"
                        .formatted(status == 401 ? "Unauthorized" : "Forbidden", status, detail, todo));
    }
}
