package dev.moa.registry.http;

import dev.moa.protocol.Caller;
import dev.moa.spring.security.RequestCaller;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * So many writes a second for each caller, known by its token or else its address: one that registers in a loop takes
 * nothing from the others. Renewals count as one however many leases they carry.
 */
final class QuotaFilter extends OncePerRequestFilter {
    private static final int MAX_CALLERS = 10_000;
    private static final double NANOS = 1e9;

    private final double perSecond;
    private final double burst;
    private final Map<String, Bucket> buckets = new ConcurrentHashMap<>();

    QuotaFilter(int perSecond, int burst) {
        this.perSecond = perSecond;
        this.burst = burst;
    }

    /** What a caller may still do; guarded by itself. */
    private static final class Bucket {
        private double left;
        private long filledNanos = System.nanoTime();

        Bucket(double left) {
            this.left = left;
        }

        /** Takes one; returns how many seconds to wait for it, 0 if it was there. */
        synchronized double take(double perSecond, double burst) {
            long now = System.nanoTime();
            left = Math.min(burst, left + (now - filledNanos) / NANOS * perSecond);
            filledNanos = now;
            if (left >= 1) {
                left--;
                return 0;
            }
            return (1 - left) / perSecond;
        }

        synchronized boolean isFull(double perSecond, double burst) {
            return left + (System.nanoTime() - filledNanos) / NANOS * perSecond >= burst;
        }
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Caller caller = RequestCaller.of(request);
        String name = caller == null ? request.getRemoteAddr() : caller.name();
        double wait = bucket(name).take(perSecond, burst);
        if (wait == 0) {
            chain.doFilter(request, response);
            return;
        }
        response.setStatus(429);
        response.setHeader("Retry-After", String.valueOf((long) Math.ceil(wait)));
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.getWriter()
                .write(
                        ("{\"title\":\"Too many writes\",\"status\":429,\"detail\":\"more writes than the quota of this caller\","
                                        + "\"value\":\"%s\",\"limit\":\"%s writes/s (moa.registry.http.writes-per-second)\","
                                        + "\"todo\":\"wait as Retry-After says; renew all leases of a process in one request\"}")
                                .formatted(name.replaceAll("[^A-Za-z0-9_.:-]", "?"), (long) perSecond));
    }

    private Bucket bucket(String name) {
        Bucket known = buckets.get(name);
        if (known != null) {
            return known;
        }
        if (buckets.size() >= MAX_CALLERS) {
            // who has a full bucket loses nothing by being forgotten
            for (Iterator<Bucket> each = buckets.values().iterator(); each.hasNext(); ) {
                if (each.next().isFull(perSecond, burst)) {
                    each.remove();
                }
            }
            if (buckets.size() >= MAX_CALLERS) {
                return buckets.computeIfAbsent("", all -> new Bucket(burst));
            }
        }
        return buckets.computeIfAbsent(name, fresh -> new Bucket(burst));
    }
}
