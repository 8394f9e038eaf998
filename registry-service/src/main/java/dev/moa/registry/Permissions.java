package dev.moa.registry;

import dev.moa.protocol.Caller;
import dev.moa.protocol.ServiceName;
import org.jspecify.annotations.Nullable;

/** Who may register what. Where no token is asked for there is no caller, and everybody may. */
public final class Permissions {

    private Permissions() {}

    /** Refuses a caller whose token is not for the service. */
    public static void require(@Nullable Caller caller, ServiceName service) {
        if (caller != null && !caller.mayActFor(service)) {
            throw Refusal.forbidden("the token '" + caller.name() + "'", "register or change instances of " + service);
        }
    }

    /** Refuses a caller who is no operator. */
    public static void requireOperator(@Nullable Caller caller, String what) {
        if (caller != null && caller.role() != Caller.Role.OPERATOR) {
            throw Refusal.forbidden("the token '" + caller.name() + "'", what);
        }
    }
}
