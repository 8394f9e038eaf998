package dev.moa.router.wire;

import dev.moa.protocol.ServiceName;
import dev.moa.sdk.lookup.ServiceAnswer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@code /service/lookup} can be asked, for {@code $describe}; {@link LookupHandler} answers. */
public interface LookupCalls {

    ServiceAnswer lookup(ServiceName service, @Nullable Filter filter);

    Watched watch(@Nullable String token, List<ServiceName> services, @Nullable Long waitMs);

    /** Returns the load balancers that still send to an address. */
    List<String> sending(ServiceName service, String host, int port);

    /** Returns the watching clients, at most 100, that may still call an instance that this router answers no more. */
    List<String> watchers(ServiceName service, String instance);

    /** Which instances are listed; what is absent does not matter, {@code all} also those that cannot be called; lane as in blue|base. */
    record Filter(
            @Nullable String zone,
            @Nullable String version,
            @Nullable Map<String, String> tags,
            @Nullable Boolean all,
            @Nullable String lane) {}

    /** The services that have changed, and a token for the next watch. */
    record Watched(String token, List<ServiceAnswer> answers, List<ServiceName> unknown) {}
}
