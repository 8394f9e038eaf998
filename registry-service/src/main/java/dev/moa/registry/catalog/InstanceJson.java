package dev.moa.registry.catalog;

import tools.jackson.databind.json.JsonMapper;

/**
 * Instances as they stand in Redis: a head that only {@code prelude.lua} writes and reads, then the description.
 *
 * <pre>{"incarnation":7,"ttlSeconds":10,"held":false,"reason":"registered","registeredAtMs":1,"id":"…",…,"status":"UP"}</pre>
 */
final class InstanceJson {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private InstanceJson() {}

    /** Returns the description as the scripts take it: an object without its opening brace. */
    static String body(Description description) {
        return JSON.writeValueAsString(description).substring(1);
    }

    static Description description(String stored) {
        return JSON.readValue(stored, Description.class);
    }

    /** Reads a body that a script has kept. */
    static Description descriptionOf(String body) {
        return JSON.readValue("{" + body, Description.class);
    }

    /** Returns the body inside a stored instance. */
    static String bodyOf(String stored) {
        return stored.substring(stored.indexOf("\"id\":"));
    }

    static Instance instance(String stored) {
        return JSON.readValue(stored, Instance.class);
    }
}
