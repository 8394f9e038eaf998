package dev.moa.sdk.lookup;

import dev.moa.protocol.ServiceName;
import java.util.List;

/**
 * The instances of a service, and how good that knowledge is. Its JSON is the one of the router's
 * {@code GET /v1/lookup}: {@link LookupJson}.
 *
 * @param service the service
 * @param epoch birth mark of the store that the answer comes from
 * @param revision number of changes of this service in that store, increasing within an epoch
 * @param source which address source answered, for example {@code live}, {@code snapshot}, {@code static}
 * @param ageMs how long ago the answer was known to be right, in milliseconds
 * @param instances all that are registered, callable or not
 */
public record ServiceAnswer(
        ServiceName service, String epoch, long revision, String source, long ageMs, List<InstanceAddress> instances) {

    public ServiceAnswer {
        epoch = epoch == null ? "" : epoch;
        source = source == null ? "" : source;
        instances = instances == null ? List.of() : List.copyOf(instances);
    }

    /** Returns the same answer as another source gives it at another age. */
    public ServiceAnswer from(String newSource, long newAgeMs) {
        return new ServiceAnswer(service, epoch, revision, newSource, newAgeMs, instances);
    }
}
