package dev.moa.registry.wire;

import dev.moa.registry.catalog.Lease;
import dev.moa.registry.catalog.Registered;
import dev.moa.registry.catalog.Registration;
import dev.moa.registry.catalog.Renewal;
import dev.moa.registry.catalog.ServiceSnapshot;
import dev.moa.registry.catalog.Written;
import dev.moa.registry.watch.Audience;
import java.util.List;

/** What {@code /service/registry} can be asked, for {@code $describe}; {@link RegistryCalls} answers. */
interface RegistryMethods {

    Held hold(List<Lease> leases);

    Registered register(Registration registration);

    Renewal renew(List<Lease> leases);

    Written deregister(String id, long incarnation);

    ServiceSnapshot instances(String service);

    Audience audience(String service, String epoch, long revision);

    /** How long the leases were held, in milliseconds. */
    record Held(long heldMs) {}
}
