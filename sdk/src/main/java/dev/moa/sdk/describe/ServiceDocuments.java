package dev.moa.sdk.describe;

import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.sdk.codec.Json;
import dev.moa.sdk.codec.ServiceInterface;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * What a service answers about itself. Each document is written when it is first asked for, which takes some
 * milliseconds, and kept. Safe for many threads.
 */
public final class ServiceDocuments {

    /** The built-in method that lists methods and types. */
    public static final String DESCRIBE = "$describe";

    /** The built-in method that answers an OpenAPI 3.1 document. */
    public static final String OPEN_API = "$openapi";

    private static final Map<String, Function<ServiceModel, Object>> WRITERS =
            Map.of(DESCRIBE, Description::of, OPEN_API, OpenApi::of);

    private final ServiceName service;
    private final ServiceInterface methods;
    private volatile Map<String, Payload> written = Map.of();

    /** Reads nothing yet. */
    public ServiceDocuments(ServiceName service, ServiceInterface methods) {
        this.service = service;
        this.methods = methods;
    }

    /** Returns whether there is a document of this name. */
    public static boolean has(String method) {
        return WRITERS.containsKey(method);
    }

    /**
     * Returns the document that a built-in method answers.
     *
     * @throws IllegalArgumentException if there is none of this name
     */
    public Payload document(String method) {
        Payload kept = written.get(method);
        return kept != null ? kept : write(method);
    }

    private synchronized Payload write(String method) {
        Function<ServiceModel, Object> writer = WRITERS.get(method);
        if (writer == null) {
            throw new IllegalArgumentException(
                    "method: '%s' (expected: one of %s)".formatted(method, WRITERS.keySet()));
        }
        Payload fresh = Payload.json(Json.MAPPER.writeValueAsBytes(writer.apply(ServiceModel.of(service, methods))));
        Map<String, Payload> both = new HashMap<>(written);
        both.put(method, fresh);
        written = Map.copyOf(both);
        return fresh;
    }
}
