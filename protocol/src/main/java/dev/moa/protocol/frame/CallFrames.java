package dev.moa.protocol.frame;

import dev.moa.protocol.CallContext;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.CarriedHeaders;
import dev.moa.protocol.MethodName;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Requests and responses as frames. Bodies pass as the bytes they are. */
public final class CallFrames {

    private static final int MAX_TAGS = 64;
    private static final int MAX_MESSAGE_CHARS = 2_000;

    private CallFrames() {}

    /**
     * Appends a request.
     *
     * @param timeoutMs milliseconds left, at least 1
     * @throws IllegalArgumentException if something in the request is too long; then nothing has been appended
     */
    public static void writeRequest(ByteBuf out, FrameKind kind, long stream, CallRequest request, long timeoutMs) {
        FrameWriter frame = FrameWriter.begin(out, kind, stream);
        try {
            CallContext ctx = request.ctx();
            frame.text(HeaderKey.SERVICE, request.service().value())
                    .text(HeaderKey.METHOD, request.method())
                    .textIfAny(HeaderKey.ID, request.id())
                    .number(HeaderKey.TIMEOUT_MS, timeoutMs)
                    .textIfAny(HeaderKey.TRACEPARENT, ctx.traceparent())
                    .textIfAny(HeaderKey.PATH, ctx.path())
                    .textIfAny(HeaderKey.APP, ctx.app());
            contentOf(frame, request.args());
            if (!ctx.tags().isEmpty()) {
                ctx.tags().forEach((name, value) -> frame.pair(HeaderKey.TAG, name, value));
            }
            if (!ctx.carried().isEmpty()) {
                frame.carried(ctx.carried().bytes());
            }
            Payload task = request.task();
            if (task != null) {
                frame.bytes(HeaderKey.TASK, task);
            }
            frame.end(request.args());
        } catch (IllegalArgumentException e) {
            frame.abandon();
            throw e;
        }
    }

    /**
     * Reads a request.
     *
     * @throws MoaException INVALID_ARGUMENT if this one request is wrong
     * @throws FrameException if the frame is
     */
    public static CallRequest readRequest(Frame frame) throws FrameException {
        HeaderReader header = frame.header();
        String service = null;
        String method = null;
        String id = null;
        long timeoutMs = 0;
        String traceparent = null;
        String path = null;
        String app = null;
        long contentType = Payload.Format.JSON.contentType();
        long types = 0;
        Map<String, String> tags = Map.of();
        Payload task = null;
        ByteArrayOutputStream unknown = null;
        while (header.next()) {
            switch (header.key()) {
                case 1 -> service = header.text(HeaderKey.SERVICE);
                case 2 -> method = header.text(HeaderKey.METHOD);
                case 3 -> id = header.text(HeaderKey.ID);
                case 4 -> timeoutMs = Math.max(0, header.number(HeaderKey.TIMEOUT_MS));
                case 5 -> traceparent = header.text(HeaderKey.TRACEPARENT);
                case 6 -> path = header.text(HeaderKey.PATH);
                case 7 -> app = header.text(HeaderKey.APP);
                case 8 -> contentType = header.number(HeaderKey.CONTENT_TYPE);
                case 9 -> {
                    if (tags.isEmpty()) {
                        tags = new HashMap<>();
                    }
                    tags.put(header.pairName(HeaderKey.TAG), header.pairValue(HeaderKey.TAG));
                    if (tags.size() > MAX_TAGS) {
                        throw new FrameException("more tags than the limit of " + MAX_TAGS);
                    }
                }
                case 10 -> task = Payload.json(header.bytes(HeaderKey.TASK));
                case 11 -> types = header.number(HeaderKey.TYPES);
                default -> {
                    if (unknown == null) {
                        unknown = new ByteArrayOutputStream();
                    }
                    unknown.writeBytes(header.entry());
                    if (unknown.size() > CarriedHeaders.MAX_BYTES) {
                        throw new FrameException(
                                "more than %d bytes of unknown headers".formatted(CarriedHeaders.MAX_BYTES));
                    }
                }
            }
        }
        Payload.Format format = Payload.Format.of(contentType);
        if (format == null || (format != Payload.Format.JSON && types == 0)) {
            throw new MoaException(
                    StatusCode.FAILED_PRECONDITION,
                    "request: content type %d, %s (expected: 1, JSON, or one whose types were agreed on)"
                            .formatted(contentType, types == 0 ? "without TYPES" : "not known here"),
                    Payload.JSON_EXPECTED,
                    null);
        }
        if (service == null || method == null) {
            throw new MoaException(
                    StatusCode.INVALID_ARGUMENT,
                    "request: header %s is missing".formatted(service == null ? "SERVICE" : "METHOD"));
        }
        CarriedHeaders carried = unknown == null ? CarriedHeaders.NONE : CarriedHeaders.of(unknown.toByteArray());
        CallContext ctx = new CallContext(app, timeoutMs, traceparent, path, tags, carried);
        try {
            return new CallRequest(
                    id,
                    ServiceName.of(service),
                    MethodName.require(method),
                    frame.bodyLength() == 0 && format == Payload.Format.JSON
                            ? Payload.NO_ARGUMENTS.withTypes(types)
                            : frame.body(format, types),
                    ctx,
                    task);
        } catch (IllegalArgumentException e) {
            throw new MoaException(StatusCode.INVALID_ARGUMENT, "request: " + e.getMessage(), e);
        }
    }

    /**
     * Appends a response, or in its place RESOURCE_EXHAUSTED if its body is longer than the peer takes.
     *
     * @param asked what the request's body was, which the response's is too where it does not say otherwise
     */
    public static void writeResponse(
            ByteBuf out, long stream, Payload.Format asked, CallResponse response, long maxBodyBytes) {
        Payload body = response.isOk() ? response.result() : response.details();
        if (body != null && body.length() > maxBodyBytes) {
            writeFailure(
                    out,
                    stream,
                    StatusCode.RESOURCE_EXHAUSTED,
                    "the answer is %d bytes long (limit %d); ask for less at once"
                            .formatted(body.length(), maxBodyBytes),
                    null,
                    response.why());
        } else if (response.isOk()) {
            FrameWriter frame = FrameWriter.begin(out, FrameKind.RESPONSE, stream);
            if (body != null && body.format() != asked) {
                frame.number(HeaderKey.CONTENT_TYPE, body.format().contentType());
            }
            if (body != null && body.types() != 0) {
                frame.number(HeaderKey.TYPES, body.types());
            }
            why(frame, response.why()).end(body);
        } else {
            String message = response.message();
            writeFailure(out, stream, response.code(), message == null ? "" : message, body, response.why());
        }
    }

    private static void writeFailure(
            ByteBuf out,
            long stream,
            StatusCode code,
            String message,
            @Nullable Payload details,
            @Nullable Payload why) {
        FrameWriter frame = FrameWriter.begin(out, FrameKind.RESPONSE, stream)
                .number(HeaderKey.CODE, code.number())
                .text(HeaderKey.MESSAGE, abbreviate(message));
        why(frame, why).end(details);
    }

    private static FrameWriter why(FrameWriter frame, @Nullable Payload why) {
        return why == null || why.length() > HeaderKey.WHY.maxBytes() ? frame : frame.bytes(HeaderKey.WHY, why);
    }

    /**
     * Reads the response to the request with {@code id}.
     *
     * @param asked what the request's body was
     */
    public static CallResponse readResponse(Frame frame, @Nullable String id, Payload.Format asked)
            throws FrameException {
        if (frame.headerLength() == 0) {
            return CallResponse.success(id, result(frame, asked, 0));
        }
        HeaderReader header = frame.header();
        long code = 0;
        String message = null;
        Payload why = null;
        Payload.Format format = asked;
        long types = 0;
        while (header.next()) {
            switch (header.key()) {
                case 8 -> {
                    long contentType = header.number(HeaderKey.CONTENT_TYPE);
                    format = Payload.Format.of(contentType);
                    if (format != Payload.Format.JSON && format != asked) {
                        throw new FrameException(
                                "a response of content type %d to a request of %d (expected: that or 1)"
                                        .formatted(contentType, asked.contentType()));
                    }
                }
                case 11 -> types = header.number(HeaderKey.TYPES);
                case 16 -> code = header.number(HeaderKey.CODE);
                case 17 -> message = header.text(HeaderKey.MESSAGE);
                case 18 -> why = Payload.json(header.bytes(HeaderKey.WHY));
                default -> {}
            }
        }
        StatusCode status = code < 0 || code > 1_000 ? StatusCode.UNKNOWN : StatusCode.of((int) code);
        if (status == StatusCode.OK) {
            return new CallResponse(id, status, result(frame, format, types), null, null, why);
        }
        Payload details = frame.bodyLength() == 0 ? null : frame.body(Payload.Format.JSON, 0);
        return new CallResponse(id, status, null, message == null ? status.name() : message, details, why);
    }

    private static Payload result(Frame frame, Payload.Format format, long types) {
        return frame.bodyLength() == 0 ? Payload.NULL.withTypes(types) : frame.body(format, types);
    }

    private static void contentOf(FrameWriter frame, Payload body) {
        if (body.format() != Payload.Format.JSON) {
            frame.number(HeaderKey.CONTENT_TYPE, body.format().contentType());
        }
        if (body.types() != 0) {
            frame.number(HeaderKey.TYPES, body.types());
        }
    }

    /** Appends GOAWAY with why. */
    public static void writeGoAway(ByteBuf out, StatusCode code, String message) {
        FrameWriter.begin(out, FrameKind.GOAWAY, 0)
                .number(HeaderKey.CODE, code.number())
                .text(HeaderKey.MESSAGE, abbreviate(message))
                .end(null);
    }

    private static String abbreviate(String message) {
        return message.length() <= MAX_MESSAGE_CHARS ? message : message.substring(0, MAX_MESSAGE_CHARS) + "…";
    }
}
