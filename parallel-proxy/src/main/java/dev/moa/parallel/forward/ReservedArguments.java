package dev.moa.parallel.forward;

import dev.moa.protocol.Payload;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Finds {@code {"$ref":…}} as an argument: reserved for another call's result, which this version does not resolve. */
final class ReservedArguments {
    private static final JsonFactory JSON = new JsonFactory();
    private static final byte[] REFERENCE = "\"$ref\"".getBytes(StandardCharsets.US_ASCII);

    private ReservedArguments() {}

    /** Returns the place of the first reserved argument, for people; null if there is none. */
    static @Nullable String find(Payload args) {
        // nearly no call has the word anywhere, so nearly none is parsed
        return contains(args.array(), args.offset(), args.length()) ? parse(args) : null;
    }

    private static boolean contains(byte[] array, int offset, int length) {
        int last = offset + length - REFERENCE.length;
        for (int i = offset; i <= last; i++) {
            if (array[i] == '"' && array[i + 1] == '$') {
                int k = 2;
                while (k < REFERENCE.length && array[i + k] == REFERENCE[k]) {
                    k++;
                }
                if (k == REFERENCE.length) {
                    return true;
                }
            }
        }
        return false;
    }

    private static @Nullable String parse(Payload args) {
        try (JsonParser parser =
                JSON.createParser(ObjectReadContext.empty(), args.array(), args.offset(), args.length())) {
            boolean isArray = parser.nextToken() == JsonToken.START_ARRAY;
            int position = 0;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.END_ARRAY || token == JsonToken.END_OBJECT) {
                    return null;
                }
                String place = isArray ? "args[" + position++ + "]" : "args." + parser.currentName();
                if (!isArray) {
                    token = parser.nextToken();
                }
                if (token == JsonToken.START_OBJECT && hasReference(parser)) {
                    return place;
                }
                if (token == JsonToken.START_ARRAY) {
                    parser.skipChildren();
                }
            }
            return null;
        } catch (JacksonException e) {
            // not JSON: the service's own decoder says so
            return null;
        }
    }

    /** Reads the object to its end. */
    private static boolean hasReference(JsonParser parser) {
        boolean found = false;
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            found |= "$ref".equals(parser.currentName());
            parser.nextToken();
            parser.skipChildren();
        }
        return found;
    }
}
