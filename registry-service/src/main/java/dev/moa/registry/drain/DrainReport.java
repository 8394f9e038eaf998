package dev.moa.registry.drain;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;

/**
 * How a drain went.
 *
 * @param revision the service's revision without the instance
 * @param acknowledged whether every live router, its clients that watch, HAProxy, registry and watch knows it; else {@code behind} names who does not
 * @param waitedMs how long that took, or was waited for
 * @param routers how many routers were asked
 * @param watches how many watches of the service at the registry that answers; the others look at their own
 */
@JsonPropertyOrder({"id", "epoch", "revision", "acknowledged", "waitedMs", "routers", "watches", "behind"})
public record DrainReport(
        String id,
        String epoch,
        long revision,
        boolean acknowledged,
        long waitedMs,
        int routers,
        int watches,
        List<Behind> behind) {

    /**
     * Somebody who may still call the instance.
     *
     * @param kind router, haproxy or clients (a router answers for those that it tells of changes, and for its watching
     *     clients), registry or watch
     * @param why what was found when it was asked last
     */
    public record Behind(String kind, String name, String why) {}
}
