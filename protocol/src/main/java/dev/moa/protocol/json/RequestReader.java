package dev.moa.protocol.json;

import dev.moa.protocol.CallContext;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.MethodName;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one request object. */
final class RequestReader {

    static final int MAX_ID_LENGTH = 256;
    static final int MAX_CONTEXT_TEXT_LENGTH = 256;
    static final int MAX_TAGS = 64;

    private static final String EXAMPLE =
            "{\"service\":\"/service/helloworld\",\"method\":\"hello\",\"args\":[\"world\"]}";

    private static final NameCache<ServiceName> SERVICES = new NameCache<>(ServiceName::of);
    private static final NameCache<String> METHODS = new NameCache<>(MethodName::require);

    private static final RequestHeads HEADS = new RequestHeads();
    // what has been seen at the arguments of a request whose beginning is worth remembering
    private static final int HEAD = bit(Field.SERVICE) | bit(Field.METHOD) | bit(Field.ARGS);

    private final byte[] utf8;
    private final int offset;
    private final int length;
    private final JsonScanner in;

    private @Nullable String id;
    private @Nullable ServiceName service;
    private @Nullable String method;
    private @Nullable Payload args;
    private @Nullable CallContext ctx;
    private @Nullable Payload task;
    private int seen;

    RequestReader(byte[] utf8, int offset, int length) {
        this.utf8 = utf8;
        this.offset = offset;
        this.length = length;
        this.in = new JsonScanner("request", utf8, offset, length);
    }

    CallRequest read() {
        if (in.peek() != '{') {
            throw notAnObject();
        }
        RequestHeads.Head head = HEADS.find(utf8, offset, length);
        if (head != null) {
            readOn(head);
        } else {
            in.expect('{');
            if (!in.take('}')) {
                field();
                otherFields();
            }
        }
        in.expectEnd();
        ServiceName toService = service;
        String toMethod = method;
        if (toService == null || toMethod == null) {
            throw new MoaException(
                    StatusCode.INVALID_ARGUMENT,
                    "request: '%s' is missing (expected: an object like %s)"
                            .formatted(toService == null ? "service" : "method", EXAMPLE));
        }
        return new CallRequest(
                id,
                toService,
                toMethod,
                args == null ? Payload.NO_ARGUMENTS : args,
                ctx == null ? CallContext.EMPTY : ctx,
                task);
    }

    private void otherFields() {
        while (in.take(',')) {
            field();
        }
        if (!in.take('}')) {
            throw in.unexpected("',' or '}'");
        }
    }

    /** Goes on behind a beginning that is known. */
    private void readOn(RequestHeads.Head head) {
        service = head.service();
        method = head.method();
        seen = HEAD;
        in.position(offset + head.utf8().length);
        args = args();
        otherFields();
    }

    private void field() {
        Field field = Field.read(in, Field.REQUEST);
        if (field != null) {
            once(field);
        }
        if (field == null) {
            in.skipValue();
            return;
        }
        switch (field) {
            case ID -> id = in.takeNull() ? null : in.string("id", MAX_ID_LENGTH);
            case SERVICE -> service = name("service", SERVICES);
            case METHOD -> method = name("method", METHODS);
            case ARGS -> args = args();
            case CTX -> ctx = in.takeNull() ? null : context();
            case TASK -> {
                if (!in.takeNull()) {
                    if (in.peek() != '{') {
                        throw in.unexpected("for 'task' an object");
                    }
                    task = range();
                }
            }
            default -> in.skipValue();
        }
    }

    private Payload args() {
        int first = in.peek();
        if (first != '[' && first != '{') {
            throw in.unexpected("for 'args' an array (by position) or an object (by name)");
        }
        int from = in.position();
        Payload range = range();
        if (seen == HEAD && service != null && method != null) {
            HEADS.keep(utf8, offset, from - offset, service, method);
        }
        return range;
    }

    private <T> T name(String field, NameCache<T> names) {
        try {
            return in.name(field, MAX_CONTEXT_TEXT_LENGTH, names);
        } catch (IllegalArgumentException e) {
            throw new MoaException(StatusCode.INVALID_ARGUMENT, "request: " + e.getMessage(), e);
        }
    }

    private CallContext context() {
        if (in.peek() != '{') {
            throw in.unexpected("for 'ctx' an object");
        }
        in.expect('{');
        if (in.take('}')) {
            return CallContext.EMPTY;
        }
        String app = null;
        long timeoutMs = 0;
        String traceparent = null;
        String path = null;
        Map<String, String> tags = Map.of();
        do {
            Field field = Field.read(in, Field.CONTEXT);
            if (field == null) {
                in.skipValue();
                continue;
            }
            once(field);
            if (in.takeNull()) {
                continue;
            }
            switch (field) {
                case APP -> app = in.string("ctx.app", MAX_CONTEXT_TEXT_LENGTH);
                case TIMEOUT_MS -> timeoutMs = in.wholeNumber("ctx.timeoutMs");
                case TRACEPARENT -> traceparent = in.string("ctx.traceparent", MAX_CONTEXT_TEXT_LENGTH);
                case PATH -> path = in.string("ctx.path", MAX_CONTEXT_TEXT_LENGTH);
                case TAGS -> tags = tags();
                default -> in.skipValue();
            }
        } while (in.take(','));
        if (!in.take('}')) {
            throw in.unexpected("',' or '}'");
        }
        return new CallContext(app, timeoutMs, traceparent, path, tags);
    }

    private Map<String, String> tags() {
        if (in.take('[')) {
            // what PHP makes of an empty map
            in.expect(']');
            return Map.of();
        }
        if (in.peek() != '{') {
            throw in.unexpected("for 'ctx.tags' an object of strings");
        }
        in.expect('{');
        Map<String, String> tags = new HashMap<>();
        if (in.take('}')) {
            return tags;
        }
        do {
            String name = in.string("the name of a tag", MAX_CONTEXT_TEXT_LENGTH);
            in.expect(':');
            if (tags.put(name, in.string("ctx.tags." + name, MAX_CONTEXT_TEXT_LENGTH)) != null) {
                throw in.error("'ctx.tags." + name + "' stands there twice");
            }
            if (tags.size() > MAX_TAGS) {
                throw in.error("more tags than the limit of " + MAX_TAGS);
            }
        } while (in.take(','));
        if (!in.take('}')) {
            throw in.unexpected("',' or '}'");
        }
        return tags;
    }

    private Payload range() {
        int from = in.position();
        in.skipValue();
        return Payload.of(Payload.Format.JSON, utf8, from, in.position() - from);
    }

    private void once(Field field) {
        int bit = bit(field);
        if ((seen & bit) != 0) {
            throw in.error("'" + field.path + "' stands there twice");
        }
        seen |= bit;
    }

    private static int bit(Field field) {
        return 1 << field.ordinal();
    }

    /** Some Redis clients put a prefix before each key, and here the key is the request: say so. */
    private MoaException notAnObject() {
        int limit = offset + Math.min(length, 128);
        for (int i = offset; i < limit - 1; i++) {
            if (utf8[i] == '{' && utf8[i + 1] == '"') {
                String prefix = new String(utf8, offset, i - offset, StandardCharsets.UTF_8);
                return in.error(("expected '{' but found '%s' before it: the client seems to put a prefix before"
                                + " its keys (in phpredis: setOption(Redis::OPT_PREFIX, '')); use a connection"
                                + " without one")
                        .formatted(printable(prefix)));
            }
        }
        return in.unexpected("a request object like " + EXAMPLE);
    }

    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
