package dev.moa.router.address;

import dev.moa.protocol.ServiceName;
import java.util.Collection;
import java.util.Map;

/**
 * What a store says of one service at one moment.
 *
 * @param service of whom
 * @param epoch birth mark of the store; revisions of different epochs cannot be compared
 * @param revision counts the changes
 * @param instances by their ids, sorted
 */
public record ServiceState(ServiceName service, String epoch, long revision, Map<String, Instance> instances) {

    public ServiceState {
        instances = InstancesById.of(instances);
    }

    /** Returns the state that lists {@code instances}. */
    public static ServiceState of(ServiceName service, String epoch, long revision, Collection<Instance> instances) {
        return new ServiceState(service, epoch, revision, InstancesById.of(instances));
    }

    /** Returns whether both are readings of the same store, so that their revisions can be compared. */
    public boolean isOfEpoch(ServiceState other) {
        return epoch.equals(other.epoch);
    }
}
