package dev.moa.registry.intent;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.Refusal;
import dev.moa.registry.catalog.InstanceId;
import dev.moa.registry.catalog.InstanceOverride;
import dev.moa.registry.catalog.InstancePatch;
import dev.moa.registry.catalog.RegistrationRules;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * An override as an operator asks for it.
 *
 * @param lasting whether a later registration of the same instance inherits it
 * @param expiresSeconds after how long it ends by itself; null for never
 * @param force whether it may leave a service without anybody who is called
 */
public record OverrideWish(
        ServiceName service,
        InstanceOverride.Scope scope,
        boolean lasting,
        InstanceOverride.Effect set,
        String reason,
        @Nullable Integer expiresSeconds,
        boolean force) {
    private static final Set<String> FIELDS =
            Set.of("service", "scope", "lasting", "set", "reason", "expiresSeconds", "force");
    private static final Set<String> SCOPE = Set.of("instance", "address", "zone", "version");
    private static final Pattern WORDS = Pattern.compile("[^\\p{Cntrl}]{1,200}");
    private static final Pattern SCOPE_VALUE = Pattern.compile("[\\x21-\\x7e]{1,256}");
    private static final Pattern ADDRESS = Pattern.compile(".+:([1-9][0-9]{0,4})");
    private static final Pattern ID = Pattern.compile("o-[A-Za-z0-9]{1,64}");
    private static final int LONGEST_SECONDS = 365 * 24 * 3_600;
    private static final String TODO = "send {\"service\":…,\"scope\":{\"instance\":…},\"set\":{\"weight\":10},"
            + "\"reason\":…,\"expiresSeconds\":600}";
    private static final String RESTORE = "send what GET /v1/intent answered";

    /** Reads it, and says no to what cannot be. */
    public static OverrideWish read(JsonNode json, RegistrationRules rules) {
        known(json, FIELDS, "field");
        ServiceName service = RegistrationRules.serviceName(text(json, "service", SCOPE_VALUE, true));
        JsonNode scope = object(json, "scope");
        known(scope, SCOPE, "scope");
        String instance = optional(scope, "instance");
        if (instance != null) {
            InstanceId.parse(instance, service);
        }
        boolean lasting = flag(json, "lasting");
        return new OverrideWish(
                service,
                new InstanceOverride.Scope(
                        instance, address(scope), optional(scope, "zone"), optional(scope, "version")),
                instance == null || lasting,
                effect(object(json, "set"), rules),
                text(json, "reason", WORDS, true),
                seconds(json),
                flag(json, "force"));
    }

    /** Says no to an exported override that could not have been put in, or could not be lifted. */
    public static void check(JsonNode exported, RegistrationRules rules) {
        if (!exported.isObject()) {
            throw Refusal.invalid("overrides", exported, "objects as GET /v1/intent answers them", RESTORE);
        }
        JsonNode id = exported.path("id");
        if (!id.isString() || !ID.matcher(id.stringValue()).matches()) {
            throw Refusal.invalid(
                    "id", id.isMissingNode() ? "absent" : id, "o- and 1 to 64 letters or digits", RESTORE);
        }
        String kind = exported.path("kind").asString("");
        if (!kind.equals(InstanceOverride.Kind.OPERATOR.name())) {
            throw Refusal.invalid("kind", kind, InstanceOverride.Kind.OPERATOR.name(), RESTORE);
        }
        text(exported, "author", WORDS, true);
        whole(exported, "createdAtMs");
        if (exported.has("expiresAtMs")) {
            whole(exported, "expiresAtMs");
        }
        if (exported.has("incarnation")) {
            whole(exported, "incarnation");
        }
        ObjectNode wish = JsonNodeFactory.instance.objectNode();
        for (String name : List.of("service", "scope", "set", "reason")) {
            if (exported.has(name)) {
                wish.set(name, exported.path(name));
            }
        }
        read(wish, rules);
    }

    private static void whole(JsonNode json, String name) {
        JsonNode node = json.path(name);
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 0) {
            throw Refusal.invalid(name, node.isMissingNode() ? "absent" : node, "a whole number from 0", RESTORE);
        }
    }

    private static @Nullable String address(JsonNode scope) {
        String address = optional(scope, "address");
        Matcher parts = ADDRESS.matcher(address == null ? "" : address);
        if (address != null && !(parts.matches() && Integer.parseInt(parts.group(1)) <= 65_535)) {
            throw Refusal.invalid("address", address, "host:port, as the instance registered it", TODO);
        }
        return address;
    }

    private static boolean flag(JsonNode json, String name) {
        JsonNode node = json.path(name);
        if (!node.isMissingNode() && !node.isBoolean()) {
            throw Refusal.invalid(name, node, "true or false", TODO);
        }
        return node.asBoolean(false);
    }

    private static InstanceOverride.Effect effect(JsonNode set, RegistrationRules rules) {
        known(set, Set.of("status", "weight", "tags"), "set");
        InstancePatch patch = rules.patch(set);
        if (patch.equals(InstancePatch.NOTHING)) {
            throw Refusal.invalid("set", set, "status, weight or tags", TODO);
        }
        return new InstanceOverride.Effect(patch.status(), patch.weight(), patch.tags());
    }

    private static @Nullable Integer seconds(JsonNode json) {
        JsonNode node = json.path("expiresSeconds");
        if (node.isMissingNode() || node.isNull()) {
            return null;
        }
        if (!node.canConvertToInt() || node.intValue() < 1 || node.intValue() > LONGEST_SECONDS) {
            throw Refusal.invalid(
                    "expiresSeconds", node, "1 to %d, or absent for never".formatted(LONGEST_SECONDS), TODO);
        }
        return node.intValue();
    }

    private static void known(JsonNode json, Set<String> names, String what) {
        for (String name : json.propertyNames()) {
            if (!names.contains(name)) {
                throw Refusal.invalid(what, name, "one of " + new TreeSet<>(names), "correct its spelling");
            }
        }
    }

    private static JsonNode object(JsonNode json, String name) {
        JsonNode node = json.path(name);
        if (!node.isObject()) {
            throw Refusal.invalid(name, node.isMissingNode() ? "absent" : node, "an object", TODO);
        }
        return node;
    }

    private static @Nullable String optional(JsonNode json, String name) {
        return json.has(name) ? text(json, name, SCOPE_VALUE, true) : null;
    }

    private static String text(JsonNode json, String name, Pattern pattern, boolean needed) {
        JsonNode node = json.path(name);
        if (!node.isString() || !pattern.matcher(node.stringValue()).matches()) {
            throw Refusal.invalid(
                    name,
                    node.isMissingNode() ? "absent" : node,
                    "1 to 200 characters without line breaks" + (needed ? ", always" : ""),
                    TODO);
        }
        return node.stringValue();
    }
}
