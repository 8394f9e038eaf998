package dev.moa.router.peers;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the routers compare.
 *
 * @param atMs when they were compared; 0 before the first time
 * @param agree whether all that answer say the same, and all answer
 * @param says the same in words for people, naming who differs since when
 * @param routers this one first
 */
public record Comparison(long atMs, boolean agree, String says, List<Router> routers) {

    /**
     * One router.
     *
     * @param address where its moa port is; {@code this router} where it is not registered
     * @param router its name, made at its start; null where it does not answer
     * @param digest of all that it answers; null where it does not answer
     * @param differs whether it is not of the majority; where there is none, from the router that tells
     * @param sinceMs since when it differs, or does not answer; 0 if neither
     * @param why it does not answer; null if it does
     * @param differences in which services, from the router that tells, the first few
     */
    public record Router(
            String address,
            @Nullable String router,
            boolean self,
            @Nullable String digest,
            int services,
            boolean differs,
            long sinceMs,
            @Nullable String why,
            List<Difference> differences) {}

    /**
     * One service that a router answers otherwise.
     *
     * @param here what the router that tells knows, in words; null if nothing
     * @param there what the other one knows; null if nothing
     */
    public record Difference(
            String service,
            long sinceMs,
            @Nullable String here,
            @Nullable String there) {}
}
