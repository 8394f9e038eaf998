package dev.moa.router.pinned;

import dev.moa.router.address.InstanceJson;
import dev.moa.router.address.InstanceStatus;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * What an operator may pin. What the registry wrote is read leniently, for a newer one may know more; what a person
 * types is refused where it would be passed over.
 */
final class PinnedRules {
    private static final Pattern HOST = Pattern.compile(
            "[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9.])?|[0-9a-fA-F.]*:[0-9a-fA-F:.]{1,44}(%[A-Za-z0-9]{1,16})?");
    private static final List<String> STATUSES =
            Arrays.stream(InstanceStatus.values()).map(Enum::name).toList();

    private PinnedRules() {}

    /** @throws IllegalArgumentException if it is not an instance; says what was expected */
    static void check(JsonNode instance) {
        InstanceJson.read(instance);
        require(
                instance,
                "host",
                host -> HOST.matcher(host.asString()).matches(),
                "a host name or an IP address, without scheme and port");
        require(instance, "port", JsonNode::isIntegralNumber, "1 to 65535, a number");
        require(
                instance,
                "weight",
                weight -> weight.isInt() && weight.intValue() >= 0 && weight.intValue() <= 1_000,
                "a whole number from 0 to 1000");
        require(instance, "zone", JsonNode::isString, "a string");
        require(instance, "version", JsonNode::isString, "a string");
        require(
                instance,
                "status",
                status -> status.isString() && STATUSES.contains(status.stringValue()),
                "one of " + STATUSES);
        require(
                instance,
                "protocols",
                protocols -> protocols.isArray() && protocols.valueStream().allMatch(JsonNode::isString),
                "a list of strings");
        require(instance, "tags", PinnedRules::isOfStrings, "an object of strings");
        require(instance, "metadata", PinnedRules::isOfStrings, "an object of strings");
    }

    private static boolean isOfStrings(JsonNode node) {
        return node.isObject() && node.valueStream().allMatch(JsonNode::isString);
    }

    private static void require(JsonNode instance, String name, Predicate<JsonNode> rule, String expected) {
        JsonNode value = instance.path(name);
        if (!value.isMissingNode() && !value.isNull() && !rule.test(value)) {
            throw new IllegalArgumentException("instance.%s: %s (expected: %s)".formatted(name, value, expected));
        }
    }
}
