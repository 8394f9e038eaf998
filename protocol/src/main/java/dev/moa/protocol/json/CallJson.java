package dev.moa.protocol.json;

import dev.moa.protocol.CallContext;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.StatusCode;
import io.netty.buffer.ByteBuf;

/**
 * The request and the response object as JSON, as {@code docs/protocol.md} lays them down.
 *
 * <p>{@code args}, {@code task}, {@code result} and {@code details} are checked and kept as the range of bytes
 * they came in, not decoded: the array that is read must not change afterwards. Nothing here keeps state.
 */
public final class CallJson {

    private CallJson() {}

    /** As {@link #readRequest(byte[], int, int)}, over the whole array. */
    public static CallRequest readRequest(byte[] utf8) {
        return readRequest(utf8, 0, utf8.length);
    }

    /**
     * Reads a request object. Fields that it does not know are passed over; one that it knows may stand there once
     * and has one type.
     *
     * @throws MoaException INVALID_ARGUMENT that says where and what was expected
     */
    public static CallRequest readRequest(byte[] utf8, int offset, int length) {
        return new RequestReader(utf8, offset, length).read();
    }

    /**
     * Checks what stands for the arguments of a call: a JSON array or object; nothing at all means no arguments.
     *
     * @throws MoaException INVALID_ARGUMENT that says where and what was expected
     */
    public static Payload readArgs(byte[] utf8, int offset, int length) {
        JsonScanner in = new JsonScanner("args", utf8, offset, length);
        int first = in.peek();
        if (first == -1) {
            return Payload.NO_ARGUMENTS;
        }
        if (first != '[' && first != '{') {
            throw in.unexpected("an array (arguments by position) or an object (by name)");
        }
        int from = in.position();
        in.skipValue();
        int to = in.position();
        in.expectEnd();
        return Payload.of(Payload.Format.JSON, utf8, from, to - from);
    }

    /** Returns the request object as UTF-8. */
    public static byte[] writeRequest(CallRequest request) {
        JsonWriter out = new JsonWriter(128 + request.args().length());
        out.raw('{');
        if (request.id() != null) {
            out.raw("\"id\":").string(request.id()).raw(',');
        }
        out.raw("\"service\":").string(request.service().value());
        out.raw(",\"method\":").string(request.method());
        out.raw(",\"args\":").raw(request.args());
        if (!request.ctx().equals(CallContext.EMPTY)) {
            out.raw(",\"ctx\":");
            writeContext(out, request.ctx());
        }
        if (request.task() != null) {
            out.raw(",\"task\":").raw(request.task());
        }
        return out.raw('}').toByteArray();
    }

    private static void writeContext(JsonWriter out, CallContext ctx) {
        out.raw('{');
        int empty = out.length();
        if (ctx.app() != null) {
            out.raw("\"app\":").string(ctx.app());
        }
        if (ctx.timeoutMs() > 0) {
            out.commaAfter(empty).raw("\"timeoutMs\":").number(ctx.timeoutMs());
        }
        if (ctx.traceparent() != null) {
            out.commaAfter(empty).raw("\"traceparent\":").string(ctx.traceparent());
        }
        if (ctx.path() != null) {
            out.commaAfter(empty).raw("\"path\":").string(ctx.path());
        }
        if (!ctx.tags().isEmpty()) {
            out.commaAfter(empty).raw("\"tags\":{");
            int noTag = out.length();
            for (var tag : ctx.tags().entrySet()) {
                out.commaAfter(noTag).string(tag.getKey()).raw(':').string(tag.getValue());
            }
            out.raw('}');
        }
        out.raw('}');
    }

    /** As {@link #readResponse(byte[], int, int)}, over the whole array. */
    public static CallResponse readResponse(byte[] utf8) {
        return readResponse(utf8, 0, utf8.length);
    }

    /**
     * Reads a response object. Fields that it does not know are passed over.
     *
     * @throws MoaException INVALID_ARGUMENT that says where and what was expected
     */
    public static CallResponse readResponse(byte[] utf8, int offset, int length) {
        return new ResponseReader(utf8, offset, length).read();
    }

    /** Returns the response object as UTF-8. */
    public static byte[] writeResponse(CallResponse response) {
        return responseWriter(response).toByteArray();
    }

    /**
     * Appends the response object to {@code out}, as a RESP bulk string ({@code $<length>}, line end, object, line
     * end): the reply of {@code GET}.
     */
    public static void writeResponseAsBulk(CallResponse response, ByteBuf out) {
        ResponseBulk.write(response, out);
    }

    static JsonWriter responseWriter(CallResponse response) {
        Payload result = response.result();
        JsonWriter out = new JsonWriter(96 + (result == null ? 128 : result.length()));
        out.raw('{');
        if (response.id() != null) {
            out.raw("\"id\":").string(response.id()).raw(',');
        }
        out.raw("\"code\":").number(response.code().number());
        if (response.code() == StatusCode.OK) {
            out.raw(",\"result\":").raw(result == null ? Payload.NULL : result);
        } else {
            out.raw(",\"error\":").string(response.code().name());
            String message = response.message();
            out.raw(",\"message\":").string(message == null ? response.code().name() : message);
            if (response.details() != null) {
                out.raw(",\"details\":").raw(response.details());
            }
        }
        if (response.why() != null) {
            out.raw(",\"why\":").raw(response.why());
        }
        return out.raw('}');
    }
}
