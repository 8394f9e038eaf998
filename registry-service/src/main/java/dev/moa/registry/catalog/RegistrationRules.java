package dev.moa.registry.catalog;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.Refusal;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeType;

/**
 * Reads registrations and patches from JSON and says no to what cannot be: each refusal names the value, the limit
 * and what to do. Unknown fields are refused too, for a misspelt {@code weight} would otherwise be a default in
 * silence.
 */
public final class RegistrationRules {
    private static final Set<String> PATCHABLE = Set.of("status", "weight", "zone", "version", "tags", "metadata");
    private static final Set<String> REGISTRABLE = Set.of(
            "id",
            "service",
            "host",
            "port",
            "protocols",
            "weight",
            "zone",
            "version",
            "tags",
            "metadata",
            "status",
            "ttlSeconds",
            "probe",
            // of an instance as the registry answers it; given by the registry, whatever is sent
            "incarnation",
            "registeredAtMs",
            "held",
            "reason",
            "leaseRemainingMs",
            "overridden",
            "connected");

    private static final Pattern HOST = Pattern.compile(
            "(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?)*\\.?");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]{2,45}(%[A-Za-z0-9]{1,16})?");
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Pattern PROTOCOL = Pattern.compile("[a-z0-9][a-z0-9-]{0,31}");
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_./-]{0,63}");
    private static final Pattern PATH = Pattern.compile("/[\\x21-\\x7e]{0,255}");
    private static final Set<String> NOWHERE = Set.of("0.0.0.0", "::", "0:0:0:0:0:0:0:0");

    private static final int MAX_WEIGHT = 1000;
    private static final int DEFAULT_WEIGHT = 100;
    private static final int MAX_PROTOCOLS = 8;
    private static final SortedSet<String> MOA_PORT = new TreeSet<>(Set.of("moa", "resp", "http"));

    // tags travel with calls and in DNS labels, metadata does not
    private static final int MAX_TAGS = 32;
    private static final int MAX_TAG_LENGTH = 128;
    private static final int MAX_METADATA = 64;
    private static final int MAX_METADATA_LENGTH = 1024;
    private static final int MAX_METADATA_TOTAL = 16 * 1024;

    private final int defaultTtl;
    private final int minTtl;
    private final int maxTtl;

    /** Takes the lease lengths, in seconds. */
    public RegistrationRules(int defaultTtl, int minTtl, int maxTtl) {
        this.defaultTtl = defaultTtl;
        this.minTtl = minTtl;
        this.maxTtl = maxTtl;
    }

    /** Returns the registration that {@code json} asks for. */
    public Registration registration(JsonNode json) {
        requireKnownFields(json, REGISTRABLE, "a registration");
        ServiceName service = serviceName(requiredText(json, "service"));
        String id = text(json, "id");
        ProbeSpec probe = probe(json);
        return new Registration(
                id == null ? null : InstanceId.parse(id, service),
                service,
                host(requiredText(json, "host")),
                port(json),
                protocols(json),
                weight(json, DEFAULT_WEIGHT),
                word(json, "zone"),
                word(json, "version"),
                tags(json, new TreeMap<>()),
                metadata(json, new TreeMap<>()),
                probe,
                status(json, InstanceStatus.UP),
                ttl(json, probe));
    }

    /** Returns the patch that {@code json} asks for. */
    public InstancePatch patch(JsonNode json) {
        requireKnownFields(json, PATCHABLE, "a patch");
        return new InstancePatch(
                json.hasNonNull("status") ? status(json, InstanceStatus.UP) : null,
                json.hasNonNull("weight") ? weight(json, DEFAULT_WEIGHT) : null,
                word(json, "zone"),
                word(json, "version"),
                json.hasNonNull("tags") ? tags(json, new TreeMap<>()) : null,
                json.hasNonNull("metadata") ? metadata(json, new TreeMap<>()) : null);
    }

    /** Returns the list of 1 to {@code most} registrations, each still to be read by {@link #registration}. */
    public static JsonNode registrations(@Nullable JsonNode list, int most) {
        return list(list, "instances", most, "send {\"instances\":[…]}, split what is more than the limit");
    }

    private static JsonNode list(@Nullable JsonNode list, String name, int most, String todo) {
        if (list == null || !list.isArray() || list.isEmpty() || list.size() > most) {
            String limit = "a list of 1 to %d %s".formatted(most, name);
            throw Refusal.invalid(name, list == null ? "absent" : kind(list), limit, todo);
        }
        return list;
    }

    /** Returns the leases of a list of at most {@code most}. */
    public static List<Lease> leases(@Nullable JsonNode list, int most) {
        String todo = "send {\"leases\":[{\"id\":\"…\",\"incarnation\":…}]}, split what is more than the limit";
        JsonNode checked = list(list, "leases", most, todo);
        List<Lease> leases = new ArrayList<>(checked.size());
        for (JsonNode item : checked) {
            JsonNode id = item.get("id");
            JsonNode incarnation = item.get("incarnation");
            if (id == null
                    || !id.isString()
                    || incarnation == null
                    || !incarnation.isIntegralNumber()
                    || !incarnation.canConvertToLong()) {
                throw Refusal.invalid("lease", item.toString(), "an object with id and incarnation", todo);
            }
            leases.add(new Lease(InstanceId.parse(id.stringValue()), incarnation.longValue()));
        }
        return leases;
    }

    /** Returns the name, or refuses it. */
    public static ServiceName serviceName(String value) {
        try {
            return ServiceName.of(value);
        } catch (IllegalArgumentException notAName) {
            throw Refusal.invalid(
                    "service",
                    value,
                    "segments like /service/user of a-z, 0-9 and -, at most %d characters"
                            .formatted(ServiceName.MAX_LENGTH),
                    "begin the name with / and use lower case, digits and - only");
        }
    }

    private static void requireKnownFields(JsonNode json, Set<String> known, String what) {
        if (!json.isObject()) {
            throw Refusal.invalid("body", kind(json), "a JSON object", "send " + what + " as a JSON object");
        }
        for (String name : json.propertyNames()) {
            if (!known.contains(name)) {
                throw Refusal.invalid(
                        "field", name, "one of " + new TreeSet<>(known), "remove it or correct its spelling");
            }
        }
    }

    private static String host(String value) {
        boolean isAddress = value.indexOf(':') >= 0;
        if (!(isAddress ? IPV6 : HOST).matcher(value).matches()
                || (isAddress && !isUri("http://[" + value + "]"))
                || NOWHERE.contains(value)) {
            throw Refusal.invalid(
                    "host",
                    value,
                    "a host name or an IP address that callers can reach, at most 253 characters",
                    "send the address to be called at, without scheme and port; 0.0.0.0 and :: are for listening");
        }
        return value;
    }

    private static boolean isUri(String text) {
        try {
            new URI(text);
            return true;
        } catch (URISyntaxException notOne) {
            return false;
        }
    }

    private static int port(JsonNode json) {
        return number(json, "port", 1, 65_535, null, "send the port that the instance listens on");
    }

    private static int weight(JsonNode json, int otherwise) {
        return number(
                json, "weight", 0, MAX_WEIGHT, otherwise, "send a weight within the limit, or leave it out for 100");
    }

    private @Nullable Integer ttl(JsonNode json, @Nullable ProbeSpec probe) {
        if (json.has("ttlSeconds") && json.get("ttlSeconds").isNull()) {
            if (probe != null) {
                return null;
            }
            throw Refusal.invalid(
                    "ttlSeconds",
                    null,
                    "%d to %d, or null with a probe".formatted(minTtl, maxTtl),
                    "send a lease within the limit, or leave it out for %d; what cannot renew is registered with"
                                    .formatted(defaultTtl)
                            + " \"ttlSeconds\":null and \"probe\":{\"kind\":\"tcp\"}");
        }
        return number(
                json,
                "ttlSeconds",
                minTtl,
                maxTtl,
                defaultTtl,
                "send a lease within the limit, or leave it out for " + defaultTtl);
    }

    private static @Nullable ProbeSpec probe(JsonNode json) {
        JsonNode node = json.get("probe");
        if (node == null || node.isNull()) {
            return null;
        }
        String limit = "{\"kind\":\"tcp\"}, moa, resp, or {\"kind\":\"http\",\"path\":\"/health\"}";
        String todo = "say how to look whether the instance can be reached";
        String kind = node.isObject() ? text(node, "kind") : null;
        for (ProbeSpec.Kind each : ProbeSpec.Kind.values()) {
            if (each.name().equalsIgnoreCase(kind)) {
                String path = text(node, "path");
                boolean isHttp = each == ProbeSpec.Kind.HTTP;
                if (isHttp != (path != null)
                        || (path != null && !(PATH.matcher(path).matches() && isUri("http://host" + path)))) {
                    throw Refusal.invalid(
                            "probe.path",
                            path,
                            limit,
                            path != null && isHttp
                                    ? "send at most 256 characters, what a URI may not contain as %XX: %7B for {"
                                    : todo);
                }
                return new ProbeSpec(each, path);
            }
        }
        throw Refusal.invalid("probe", kind == null ? kind(node) : kind, limit, todo);
    }

    private static InstanceStatus status(JsonNode json, InstanceStatus otherwise) {
        String value = text(json, "status");
        if (value == null) {
            return otherwise;
        }
        return Arrays.stream(InstanceStatus.values())
                .filter(status -> status.name().equals(value))
                .findFirst()
                .orElseThrow(() -> Refusal.invalid(
                        "status",
                        value,
                        "one of " + Arrays.toString(InstanceStatus.values()),
                        "send one of these words"));
    }

    private static SortedSet<String> protocols(JsonNode json) {
        JsonNode node = json.get("protocols");
        if (node == null || node.isNull()) {
            return MOA_PORT;
        }
        String limit = "a list of 1 to %d words of a-z, 0-9 and -".formatted(MAX_PROTOCOLS);
        String todo =
                "send what the port speaks, for example [\"http\"] for a plain HTTP server; leave it out for a moa port";
        SortedSet<String> protocols = new TreeSet<>();
        if (!node.isArray() || node.isEmpty() || node.size() > MAX_PROTOCOLS) {
            throw Refusal.invalid("protocols", kind(node), limit, todo);
        }
        for (JsonNode item : node) {
            if (!item.isString() || !PROTOCOL.matcher(item.stringValue()).matches()) {
                throw Refusal.invalid("protocols", item.toString(), limit, todo);
            }
            protocols.add(item.stringValue());
        }
        return protocols;
    }

    private static @Nullable String word(JsonNode json, String name) {
        String value = text(json, name);
        if (value != null && !WORD.matcher(value).matches()) {
            throw Refusal.invalid(
                    name, value, "1 to 64 characters of A-Z a-z 0-9 . _ -", "shorten it, or leave it out");
        }
        return value;
    }

    private static SortedMap<String, String> tags(JsonNode json, SortedMap<String, String> into) {
        return pairs(json, "tags", MAX_TAGS, MAX_TAG_LENGTH, into);
    }

    private static SortedMap<String, String> metadata(JsonNode json, SortedMap<String, String> into) {
        return pairs(json, "metadata", MAX_METADATA, MAX_METADATA_LENGTH, into);
    }

    private static SortedMap<String, String> pairs(
            JsonNode json, String name, int most, int longest, SortedMap<String, String> into) {
        JsonNode node = json.get(name);
        if (node == null || node.isNull()) {
            return into;
        }
        if (!node.isObject() || node.size() > most) {
            throw noPairs(name, kind(node), most, longest);
        }
        int total = 0;
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            JsonNode value = entry.getValue();
            if (!KEY.matcher(entry.getKey()).matches()) {
                throw noPairs(name + " key", entry.getKey(), most, longest);
            }
            if (!value.isString() || value.stringValue().length() > longest) {
                throw noPairs(name + "." + entry.getKey(), kind(value), most, longest);
            }
            total += entry.getKey().length() + value.stringValue().length();
            into.put(entry.getKey(), value.stringValue());
        }
        if (total > MAX_METADATA_TOTAL) {
            throw noPairs(name, total + " characters", most, longest);
        }
        return into;
    }

    private static Refusal noPairs(String name, String value, int most, int longest) {
        return Refusal.invalid(
                name,
                value,
                ("an object of at most %d strings, keys of 1 to 64 characters of A-Z a-z 0-9 _ . / -, values of at"
                                + " most %d characters, %d in all")
                        .formatted(most, longest, MAX_METADATA_TOTAL),
                "keep big things elsewhere and register a link to them");
    }

    private static int number(
            JsonNode json, String name, int least, int most, @Nullable Integer otherwise, String todo) {
        JsonNode node = json.get(name);
        if ((node == null || node.isNull()) && otherwise != null) {
            return otherwise;
        }
        if (node == null
                || !node.canConvertToExactIntegral()
                || !node.canConvertToInt()
                || node.intValue() < least
                || node.intValue() > most) {
            throw Refusal.invalid(
                    name,
                    node == null ? "absent" : node.toString(),
                    "a whole number from %d to %d".formatted(least, most),
                    todo);
        }
        return node.intValue();
    }

    private static String requiredText(JsonNode json, String name) {
        String value = text(json, name);
        if (value == null) {
            throw Refusal.invalid(name, "absent", "a string", "send it: every registration has a " + name);
        }
        return value;
    }

    private static @Nullable String text(JsonNode json, String name) {
        JsonNode node = json.get(name);
        if (node == null || node.isNull()) {
            return null;
        }
        if (!node.isString()) {
            throw Refusal.invalid(name, kind(node), "a string", "send it in quotes");
        }
        return node.stringValue();
    }

    private static String kind(JsonNode node) {
        if (node.isContainer()) {
            return "%s of %d".formatted(node.getNodeType() == JsonNodeType.ARRAY ? "a list" : "an object", node.size());
        }
        if (node.isNull()) {
            return "null";
        }
        String text = node.toString();
        return "%s %s".formatted(node.getNodeType().name().toLowerCase(Locale.ROOT), text);
    }
}
