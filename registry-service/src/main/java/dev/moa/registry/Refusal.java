package dev.moa.registry;

import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.StatusCode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** What the registry will not or cannot do: the value it was given, the limit, and what to do about it. */
public final class Refusal extends MoaException {
    private static final long serialVersionUID = 1L;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final String title;
    private final transient Map<String, Object> particulars;

    private Refusal(
            StatusCode code, String title, String message, Map<String, Object> particulars, @Nullable Throwable cause) {
        super(code, message, Payload.json(JSON.writeValueAsBytes(particulars)), cause);
        this.title = title;
        this.particulars = particulars;
    }

    /** The request is wrong and will be wrong again. */
    public static Refusal invalid(String field, @Nullable Object value, String limit, String todo) {
        String shown = shorten(value);
        return new Refusal(
                StatusCode.INVALID_ARGUMENT,
                "Invalid " + field,
                "%s: '%s' (expected: %s)".formatted(field, shown, limit),
                particulars(shown, limit, todo),
                null);
    }

    /** Another registration has taken the id. */
    public static Refusal stale(String id, long given, long current) {
        Map<String, Object> particulars = particulars(
                String.valueOf(given),
                "the incarnation registered now: " + current,
                "stop: a later registration owns this id; read GET /v1/instances and use its incarnation,"
                        + " or register again to take the id over");
        particulars.put("id", id);
        particulars.put("given", given);
        particulars.put("current", current);
        return new Refusal(
                StatusCode.ABORTED,
                "Stale incarnation",
                "incarnation: %d (expected: %d, which is registered now under id %s)".formatted(given, current, id),
                particulars,
                null);
    }

    /** Nothing is registered under the id. */
    public static Refusal unknown(String id) {
        return new Refusal(
                StatusCode.NOT_FOUND,
                "Unknown instance",
                "id: %s (nothing is registered under it)".formatted(shorten(id)),
                particulars(
                        shorten(id),
                        "ids of registered instances",
                        "register with POST /v1/instances; after a DELETE there is nothing to do"),
                null);
    }

    /** An override that nobody of a service would survive. */
    public static Refusal leavesNobody(String service, int called) {
        return new Refusal(
                StatusCode.FAILED_PRECONDITION,
                "Nobody would be left",
                "scope: all %d instances of %s that are called (expected: some are left)".formatted(called, service),
                particulars(
                        called + " of " + called,
                        "at least one instance of the service that is UP with a weight above 0",
                        "narrow the scope, or say \"force\":true if nobody is to be called"),
                null);
    }

    /** There is no such override. */
    public static Refusal unknownOverride(String id, String service) {
        return new Refusal(
                StatusCode.NOT_FOUND,
                "Unknown override",
                "override: %s (%s has none of this id)".formatted(shorten(id), service),
                particulars(
                        shorten(id),
                        "ids of GET /v1/overrides?service=" + service,
                        "nothing: it is not there, or was lifted before"),
                null);
    }

    /** A bound has been reached. */
    public static Refusal exhausted(String what, Object value, String limit, String todo) {
        return new Refusal(
                StatusCode.RESOURCE_EXHAUSTED,
                "Too many " + what,
                "%s: %s (limit: %s)".formatted(what, value, limit),
                particulars(shorten(value), limit, todo),
                null);
    }

    /** The caller's token does not allow it. */
    public static Refusal forbidden(String caller, String what, String todo) {
        return new Refusal(
                StatusCode.PERMISSION_DENIED,
                "Not allowed",
                "%s may not %s".formatted(caller, what),
                particulars(caller, "the role and services of its token", todo),
                null);
    }

    /** Somebody else changed it at the same time, again and again. */
    public static Refusal contended(String id, int tries) {
        return new Refusal(
                StatusCode.ABORTED,
                "Changed by others",
                "id: %s (changed by others during each of %d tries)".formatted(id, tries),
                particulars(id, tries + " tries", "try again"),
                null);
    }

    /** The store is away. */
    public static Refusal unavailable(String reason, @Nullable Throwable cause) {
        return new Refusal(
                StatusCode.UNAVAILABLE,
                "Redis is not available",
                "Redis is not available: " + reason,
                particulars(
                        reason,
                        "Redis must answer",
                        "nothing was lost, try again in a second; operators: check spring.data.redis.* and Redis"
                                + " itself"),
                cause);
    }

    /** Redis lost the data of a service: that nobody is listed does not mean that nobody lives. */
    public static Refusal rebuilding(String service) {
        return new Refusal(
                StatusCode.UNAVAILABLE,
                "The service's data was lost",
                "service: %s (Redis lost its data; its instances register again within one lease)".formatted(service),
                particulars(
                        service,
                        "one lease after the loss",
                        "go on with the last answer and ask again in a second; nobody needs to restart anything"),
                null);
    }

    /** This registry is about to end. */
    public static Refusal stopping() {
        return new Refusal(
                StatusCode.UNAVAILABLE,
                "Stopping",
                "this registry is stopping",
                particulars("stopping", "a registry that runs", "ask another registry, or this one again in a moment"),
                null);
    }

    /** Returns what kind of refusal it is, in a few words. */
    public String title() {
        return title;
    }

    /** Returns {@code value}, {@code limit}, {@code todo} and what else there is to say. */
    public Map<String, Object> particulars() {
        return particulars;
    }

    private static Map<String, Object> particulars(String value, String limit, String todo) {
        Map<String, Object> particulars = new LinkedHashMap<>();
        particulars.put("value", value);
        particulars.put("limit", limit);
        particulars.put("todo", todo);
        return particulars;
    }

    private static String shorten(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        String text = value.toString();
        return text.length() <= 200 ? text : text.substring(0, 200) + "… (" + text.length() + " characters)";
    }
}
