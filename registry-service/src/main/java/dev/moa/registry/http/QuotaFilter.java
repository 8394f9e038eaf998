package dev.moa.registry.http;

import dev.moa.protocol.Caller;
import dev.moa.registry.quota.WriteQuota;
import dev.moa.spring.security.RequestCaller;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;
import tools.jackson.databind.json.JsonMapper;

/** Answers 429 to a caller that writes more than its quota. */
final class QuotaFilter extends OncePerRequestFilter {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final WriteQuota quota;

    QuotaFilter(WriteQuota quota) {
        this.quota = quota;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String name = name(request);
        double wait = quota.take(name);
        if (wait == 0) {
            chain.doFilter(request, response);
            return;
        }
        var refusal = quota.refusal(name, wait);
        Map<String, Object> problem = new LinkedHashMap<>();
        problem.put("title", refusal.title());
        problem.put("status", 429);
        problem.put("detail", refusal.getMessage());
        problem.putAll(refusal.particulars());
        response.setStatus(429);
        response.setHeader("Retry-After", retryAfter(wait));
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.getOutputStream().write(JSON.writeValueAsBytes(problem));
    }

    /** Returns whose quota a request takes from. */
    static String name(HttpServletRequest request) {
        Caller caller = RequestCaller.of(request);
        return caller == null ? request.getRemoteAddr() : caller.name();
    }

    static String retryAfter(double seconds) {
        return String.valueOf((long) Math.ceil(seconds));
    }
}
