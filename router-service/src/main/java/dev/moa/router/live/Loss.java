package dev.moa.router.live;

import dev.moa.protocol.ServiceName;
import dev.moa.router.address.Instance;
import dev.moa.router.address.ServiceState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a router makes of a store that lost a service's instances, as it tells the other routers. Of two that knew the
 * store before, the one that knew more of it is right about who still has to be held.
 *
 * @param service whose
 * @param formerEpoch the birth mark of the last good answer
 * @param formerRevision its revision
 * @param epoch the birth mark of what the store says now; null if it does not know the service
 * @param revision its revision; 0 without an epoch
 * @param held those of the last good answer that are still listed although the store does not name them
 */
public record Loss(
        ServiceName service,
        String formerEpoch,
        long formerRevision,
        @Nullable String epoch,
        long revision,
        List<Instance> held) {

    public Loss {
        held = List.copyOf(held);
    }

    /** Returns whether whoever says so knew at least as much of the store as {@code last} before it was lost. */
    boolean knewAtLeast(ServiceState last) {
        return formerEpoch.equals(last.epoch()) && formerRevision >= last.revision();
    }

    /** Returns whether whoever says so has read no more of the store that came than {@code candidate}. */
    boolean hasReadAtMost(@Nullable ServiceState candidate) {
        return candidate == null ? epoch == null : candidate.epoch().equals(epoch) && revision <= candidate.revision();
    }
}
