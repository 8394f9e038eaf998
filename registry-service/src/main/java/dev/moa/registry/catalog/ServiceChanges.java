package dev.moa.registry.catalog;

import java.util.List;

/**
 * The changes of a service after a revision.
 *
 * @param epoch the birth mark of the service's store; empty where it was never registered
 * @param revision the service's revision now
 * @param changes oldest first; they begin later than asked where the stream has dropped the older ones
 */
public record ServiceChanges(String service, String epoch, long revision, List<InstanceChange> changes) {

    /** Returns whether the changes follow {@code position} without a gap, so that no snapshot is needed. */
    public boolean follows(String knownEpoch, long knownRevision) {
        if (!epoch.equals(knownEpoch) || revision < knownRevision) {
            return false;
        }
        return revision == knownRevision
                || (!changes.isEmpty() && changes.get(0).revision() == knownRevision + 1);
    }
}
