package dev.moa.parallel.batch;

import dev.moa.protocol.CallResponse;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.json.CallJson;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads {@code {"timeoutMs":…,"calls":[…]}} in one pass. The calls are found as ranges of bytes; what is in their
 * arguments is not decoded, here or later.
 */
public final class BatchReader {
    private static final JsonFactory JSON = new JsonFactory();

    private final BatchProperties limits;

    public BatchReader(BatchProperties limits) {
        this.limits = limits;
    }

    private record Range(int offset, int length) {}

    /**
     * Reads a batch; an item that is not a request becomes an invalid item.
     *
     * @param utf8 is kept by the batch and must not change
     * @throws BatchRefusedException if it is not a batch, or too large; nothing of it has run then
     */
    public Batch read(byte[] utf8) {
        long timeoutMs = 0;
        List<Range> ranges = null;
        int count = 0;
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), utf8)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw malformed("the body is not an object", "an object with calls");
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if ("timeoutMs".equals(name)) {
                    timeoutMs = timeoutMs(parser, value);
                } else if ("calls".equals(name)) {
                    if (value != JsonToken.START_ARRAY || ranges != null) {
                        throw malformed("calls: " + (ranges == null ? "not an array" : "there twice"), "one array");
                    }
                    ranges = new ArrayList<>();
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        Range range = range(parser);
                        if (++count <= limits.maxCalls()) {
                            ranges.add(range);
                        }
                    }
                } else {
                    parser.skipChildren();
                }
            }
            if (parser.nextToken() != null) {
                throw malformed("something follows the batch", "the end");
            }
        } catch (JacksonException e) {
            throw malformed(
                    "not JSON at byte %d: %s"
                            .formatted(
                                    e.getLocation() == null
                                            ? 0
                                            : e.getLocation().getByteOffset(),
                                    e.getOriginalMessage()),
                    "an object with calls");
        }
        return batch(utf8, timeoutMs, ranges, count);
    }

    private Batch batch(byte[] utf8, long timeoutMs, @Nullable List<Range> ranges, int count) {
        if (ranges == null || count == 0) {
            throw malformed("calls: none", "1 to %d calls".formatted(limits.maxCalls()));
        }
        if (count > limits.maxCalls()) {
            throw new BatchRefusedException(
                    413,
                    "calls: %d (expected: at most %d); split the batch".formatted(count, limits.maxCalls()),
                    Integer.toString(count),
                    Integer.toString(limits.maxCalls()));
        }
        List<Batch.Item> items = new ArrayList<>(count);
        for (Range range : ranges) {
            items.add(item(utf8, range));
        }
        return new Batch(timeoutMs, items);
    }

    private long timeoutMs(JsonParser parser, JsonToken value) {
        long max = limits.maxTimeout().toMillis();
        if (value == JsonToken.VALUE_NUMBER_INT) {
            long given = parser.getLongValue();
            if (given >= 1 && given <= max) {
                return given;
            }
        }
        String text = parser.getString();
        throw new BatchRefusedException(
                400,
                "timeoutMs: %s (expected: 1 to %d)".formatted(text, max),
                String.valueOf(text),
                Long.toString(max));
    }

    private static Range range(JsonParser parser) {
        int from = (int) parser.currentTokenLocation().getByteOffset();
        if (parser.currentToken().isStructStart()) {
            parser.skipChildren();
        } else {
            // a scalar is read to its end only when it is asked for
            parser.getString();
        }
        return new Range(from, (int) parser.currentLocation().getByteOffset() - from);
    }

    private static Batch.Item item(byte[] utf8, Range range) {
        try {
            return new Batch.Call(CallJson.readRequest(utf8, range.offset, range.length));
        } catch (MoaException e) {
            return new Batch.Invalid(CallResponse.failure(
                    null,
                    StatusCode.INVALID_ARGUMENT,
                    isBatch(utf8, range)
                            ? "calls: a batch within a batch is refused (expected: a request); put its calls into the outer one"
                            : String.valueOf(e.getMessage())));
        }
    }

    private static boolean isBatch(byte[] utf8, Range range) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), utf8, range.offset, range.length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                if ("calls".equals(parser.currentName())) {
                    return true;
                }
                parser.nextToken();
                parser.skipChildren();
            }
            return false;
        }
    }

    private static BatchRefusedException malformed(String what, String expected) {
        return new BatchRefusedException(400, "%s (expected: %s)".formatted(what, expected), what, expected);
    }
}
