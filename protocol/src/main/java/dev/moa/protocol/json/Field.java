package dev.moa.protocol.json;

import org.jspecify.annotations.Nullable;

/** The fields of the two objects, found by their bytes so that reading a name builds no string. */
enum Field {
    ID("id"),
    SERVICE("service"),
    METHOD("method"),
    ARGS("args"),
    CTX("ctx"),
    TASK("task"),
    APP("ctx.app"),
    TIMEOUT_MS("ctx.timeoutMs"),
    TRACEPARENT("ctx.traceparent"),
    PATH("ctx.path"),
    TAGS("ctx.tags"),
    CODE("code"),
    RESULT("result"),
    MESSAGE("message"),
    DETAILS("details"),
    WHY("why");

    static final Field[] REQUEST = {SERVICE, METHOD, ARGS, CTX, ID, TASK};
    static final Field[] CONTEXT = {TIMEOUT_MS, APP, TRACEPARENT, PATH, TAGS};
    static final Field[] RESPONSE = {CODE, RESULT, ID, MESSAGE, DETAILS, WHY};

    final String path;
    final String name;

    Field(String path) {
        this.path = path;
        this.name = path.substring(path.indexOf('.') + 1);
    }

    /** Takes a field's name and the colon; returns null for a name that is not among {@code known}. */
    static @Nullable Field read(JsonScanner in, Field[] known) {
        Field field = in.fieldName(known);
        in.expect(':');
        return field;
    }
}
