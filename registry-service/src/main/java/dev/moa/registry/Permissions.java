package dev.moa.registry;

import dev.moa.protocol.Caller;
import dev.moa.protocol.ServiceName;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who may register what. Where no token is asked for there is no caller, and everybody may. */
public final class Permissions {
    /** Whoever answers under these names is shown the tokens of routers and of every app. */
    private static final Set<ServiceName> PLATFORM = Set.of(
            ServiceName.of("/service/lookup"), ServiceName.of("/service/registry"), ServiceName.of("/service/monitor"));

    private Permissions() {}

    /**
     * Refuses a caller whose token is not for the service. A token for all services is not for the platform's own:
     * those take an operator's, or one that names them.
     */
    public static void require(@Nullable Caller caller, ServiceName service) {
        if (caller == null) {
            return;
        }
        boolean poses = PLATFORM.contains(service)
                && caller.role() != Caller.Role.OPERATOR
                && !caller.services().contains(service);
        if (poses || !caller.mayActFor(service)) {
            throw Refusal.forbidden(
                    "the token '" + caller.name() + "'",
                    "register or change instances of " + service,
                    "use a token whose moa.security.tokens.<name>.services names the service, or an operator's");
        }
    }

    /** Refuses a caller who is no operator. */
    public static void requireOperator(@Nullable Caller caller, String what) {
        if (caller != null && caller.role() != Caller.Role.OPERATOR) {
            throw Refusal.forbidden("the token '" + caller.name() + "'", what, "use a token with the role operator");
        }
    }
}
