package dev.moa.registry.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.moa.registry.catalog.Instance;
import dev.moa.registry.catalog.InstanceId;
import dev.moa.registry.catalog.Lease;
import dev.moa.registry.catalog.ServiceSnapshot;
import dev.moa.registry.probe.Holds;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A service and its instances as of one moment.
 *
 * @param rebuilding whether Redis lost the service a short while ago: an instance that is not listed may live
 */
record ListedService(String service, String epoch, long revision, boolean rebuilding, List<ListedInstance> instances) {

    /**
     * @param leaseRemainingMs null where the instance has no lease
     * @param connected whether its process holds a connection to the registry that answers
     * @param warmWeight its weight while it is young: it grows from a tenth to the whole within the seconds of its
     *     metadata {@code warmUpSeconds}; null where it has not asked for that
     */
    record ListedInstance(
            @JsonUnwrapped Instance instance,
            @Nullable Long leaseRemainingMs,
            boolean connected,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Integer warmWeight) {}

    static ListedService of(ServiceSnapshot snapshot, boolean rebuilding, InstanceFilter filter, Holds holds) {
        List<ListedInstance> instances = filter.choose(snapshot.instances()).stream()
                .map(instance -> {
                    Long end = snapshot.leaseEndsMs().get(instance.id());
                    return new ListedInstance(
                            instance,
                            end == null ? null : Math.max(0, end - snapshot.nowMs()),
                            holds.isConnected(new Lease(InstanceId.parse(instance.id()), instance.incarnation())),
                            WarmUp.weight(instance, snapshot.nowMs()));
                })
                .toList();
        return new ListedService(snapshot.service(), snapshot.epoch(), snapshot.revision(), rebuilding, instances);
    }
}
