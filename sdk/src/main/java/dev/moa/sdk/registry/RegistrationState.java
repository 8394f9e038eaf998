package dev.moa.sdk.registry;

import dev.moa.protocol.ServiceName;
import org.jspecify.annotations.Nullable;

/**
 * How the registration of one service stands, for health checks and logs.
 *
 * @param service the service
 * @param id the instance's id
 * @param incarnation given by the registry; 0 while not registered
 * @param renewedAgoMs milliseconds since the registry last confirmed it; -1 if it never did
 * @param problem what is wrong at the moment; null if nothing is
 */
public record RegistrationState(
        ServiceName service,
        String id,
        long incarnation,
        long renewedAgoMs,
        @Nullable String problem) {

    /** Returns whether the registry has confirmed it and nothing is wrong. */
    public boolean isRegistered() {
        return incarnation > 0 && problem == null;
    }
}
