package dev.moa.registry.catalog;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The id of one process as an instance of one service: {@code base64url(service).unique}. It names its service, so
 * that a request with an id alone finds the right keys.
 */
public final class InstanceId {
    private static final int MAX_UNIQUE = 64;
    private static final int MAX_PREFIXES = 20_000;

    /** What ids begin with, and the service that it names: renewals read the same ones for ever. */
    private static final Map<String, ServiceName> PREFIXES = new ConcurrentHashMap<>();

    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final SecureRandom RANDOM = new SecureRandom();

    private final ServiceName service;
    private final String value;

    private InstanceId(ServiceName service, String value) {
        this.service = service;
        this.value = value;
    }

    /** Returns a new id that nobody has. */
    public static InstanceId create(ServiceName service) {
        byte[] unique = new byte[12];
        RANDOM.nextBytes(unique);
        return new InstanceId(service, prefix(service) + ENCODER.encodeToString(unique));
    }

    /** @throws Refusal if {@code value} is not an instance id */
    public static InstanceId parse(String value) {
        int dot = value.indexOf('.');
        if (dot > 0 && value.length() <= 256 && isUnique(value, dot + 1)) {
            ServiceName service = named(value.substring(0, dot + 1));
            if (service != null) {
                return new InstanceId(service, value);
            }
        }
        throw Refusal.invalid(
                "id",
                value,
                "base64url(service), without padding, a dot, 1 to 64 characters of A-Z a-z 0-9 _ -",
                "use the id that the registration answered, or leave the id out to be given one; for"
                        + " /service/user an id of one's own reads " + prefix(ServiceName.of("/service/user")) + "a1");
    }

    /**
     * Returns the id, which must be one of the service.
     *
     * @throws Refusal if {@code value} is not an id of {@code service}
     */
    public static InstanceId parse(String value, ServiceName service) {
        String limit = "%s followed by 1 to 64 characters of A-Z a-z 0-9 _ -".formatted(prefix(service));
        String todo = "leave the id out to be given one, or begin it with base64url(service) and a dot";
        if (!value.startsWith(prefix(service))
                || !isUnique(value, prefix(service).length())) {
            throw Refusal.invalid("id", value, limit, todo);
        }
        return new InstanceId(service, value);
    }

    private static @Nullable ServiceName named(String prefix) {
        ServiceName known = PREFIXES.get(prefix);
        if (known != null) {
            return known;
        }
        try {
            byte[] name = Base64.getUrlDecoder().decode(prefix.substring(0, prefix.length() - 1));
            ServiceName service = ServiceName.of(new String(name, StandardCharsets.UTF_8));
            if (!prefix.equals(prefix(service))) {
                return null;
            }
            if (PREFIXES.size() >= MAX_PREFIXES) {
                PREFIXES.clear();
            }
            PREFIXES.put(prefix, service);
            return service;
        } catch (IllegalArgumentException notBase64OrNoService) {
            return null;
        }
    }

    private static boolean isUnique(String value, int from) {
        for (int i = from; i < value.length(); i++) {
            char c = value.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-')) {
                return false;
            }
        }
        return value.length() > from && value.length() - from <= MAX_UNIQUE;
    }

    private static String prefix(ServiceName service) {
        return ENCODER.encodeToString(service.value().getBytes(StandardCharsets.UTF_8)) + ".";
    }

    /** Returns the service that the id names. */
    public ServiceName service() {
        return service;
    }

    /** Returns the id as written on the wire. */
    public String value() {
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof InstanceId that && value.equals(that.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return value;
    }
}
