package dev.moa.router.live;

import dev.moa.protocol.ServiceName;
import dev.moa.router.address.Instance;
import dev.moa.router.address.ServiceState;
import dev.moa.router.store.Revision;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a router makes of a store that lost a service's instances, as it tells the other routers. Of two that knew the
 * store before, the one that knew more of it is right about who still has to be held.
 *
 * @param service whose
 * @param known how far the last good answer was with each life of the store that it is made of, by birth mark; the last
 *     one is that of the store before this loss
 * @param epoch the birth mark of what the store says now; null if it does not know the service
 * @param revision its revision; 0 without an epoch
 * @param held those of the last good answer that are still listed although the store does not name them, sorted by id
 */
public record Loss(
        ServiceName service, List<Revision> known, @Nullable String epoch, long revision, List<Instance> held) {

    public Loss {
        known = List.copyOf(known);
        held = List.copyOf(held);
    }

    /** Returns whether whoever says so knew all of {@code before}. */
    boolean knewAtLeast(List<Revision> before) {
        return !before.isEmpty()
                && before.stream()
                        .allMatch(mine -> known.stream()
                                .anyMatch(theirs ->
                                        theirs.epoch().equals(mine.epoch()) && theirs.number() >= mine.number()));
    }

    /** Returns whether whoever says so has read no more of the store that came than {@code candidate}. */
    boolean hasReadAtMost(@Nullable ServiceState candidate) {
        return candidate == null ? epoch == null : candidate.epoch().equals(epoch) && revision <= candidate.revision();
    }

    /** Returns a word that is another one where somebody else is held, or known otherwise. */
    public String mark() {
        int held = 0;
        for (Instance each : this.held) {
            held = 31 * held + each.id().hashCode();
        }
        return Integer.toHexString(known.hashCode()) + "-" + this.held.size() + "-" + Integer.toHexString(held);
    }
}
