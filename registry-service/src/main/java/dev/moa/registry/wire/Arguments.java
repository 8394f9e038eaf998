package dev.moa.registry.wire;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.IncomingCall;
import dev.moa.protocol.Payload;
import dev.moa.registry.Permissions;
import dev.moa.registry.Refusal;
import dev.moa.registry.catalog.Lease;
import dev.moa.registry.catalog.RegistrationRules;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The arguments of a call, by place or by name. */
record Arguments(JsonNode json) {

    /** @throws Refusal if they are no JSON */
    static Arguments of(CallRequest request, JsonMapper mapper) {
        Payload args = request.args();
        try {
            return new Arguments(mapper.readTree(args.array(), args.offset(), args.length()));
        } catch (JacksonException broken) {
            throw Refusal.invalid("args", "not readable", "JSON", "correct the JSON");
        }
    }

    /** Returns the only argument: alone, or the first of a list. */
    JsonNode only() {
        return json.isArray() ? json.path(0) : json;
    }

    @Nullable
    JsonNode get(int place, String name) {
        return json.isArray() ? json.get(place) : json.get(name);
    }

    /** Returns leases that the caller may renew. */
    List<Lease> leases(int most, IncomingCall call) {
        List<Lease> leases = RegistrationRules.leases(get(0, "leases"), most);
        leases.forEach(lease -> Permissions.require(call.caller(), lease.id().service()));
        return leases;
    }

    long whole(int place, String name) {
        JsonNode value = get(place, name);
        if (value == null || !value.isIntegralNumber() || !value.canConvertToLong()) {
            throw Refusal.invalid(name, value, "a whole number", "send what the registry answered");
        }
        return value.longValue();
    }

    String text(int place, String name) {
        JsonNode value = get(place, name);
        if (value == null || !value.isString()) {
            throw Refusal.invalid(name, value, "a string", "send it as argument %d, or by its name".formatted(place));
        }
        return value.stringValue();
    }
}
