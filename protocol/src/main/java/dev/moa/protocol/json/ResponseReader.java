package dev.moa.protocol.json;

import dev.moa.protocol.CallResponse;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.StatusCode;
import org.jspecify.annotations.Nullable;

/** Reads one response object. */
final class ResponseReader {

    private static final int MAX_MESSAGE_LENGTH = 1 << 20;

    private final byte[] utf8;
    private final JsonScanner in;

    private @Nullable String id;
    private @Nullable StatusCode code;
    private @Nullable Payload result;
    private @Nullable String message;
    private @Nullable Payload details;
    private @Nullable Payload why;
    private int seen;

    ResponseReader(byte[] utf8, int offset, int length) {
        this.utf8 = utf8;
        this.in = new JsonScanner("response", utf8, offset, length);
    }

    CallResponse read() {
        if (in.peek() != '{') {
            throw in.unexpected("a response object like {\"code\":0,\"result\":…}");
        }
        in.expect('{');
        if (!in.take('}')) {
            do {
                field();
            } while (in.take(','));
            if (!in.take('}')) {
                throw in.unexpected("',' or '}'");
            }
        }
        in.expectEnd();
        StatusCode how = code;
        if (how == null) {
            throw new MoaException(
                    StatusCode.INVALID_ARGUMENT, "response: 'code' is missing (expected: {\"code\":0,\"result\":…})");
        }
        return how == StatusCode.OK
                ? new CallResponse(id, how, result == null ? Payload.NULL : result, null, null, why)
                : new CallResponse(id, how, null, message == null ? how.name() : message, details, why);
    }

    private void field() {
        Field field = Field.read(in, Field.RESPONSE);
        if (field == null) {
            in.skipValue();
            return;
        }
        int bit = 1 << field.ordinal();
        if ((seen & bit) != 0) {
            throw in.error("'" + field.path + "' stands there twice");
        }
        seen |= bit;
        switch (field) {
            case ID -> id = in.takeNull() ? null : in.string("id", RequestReader.MAX_ID_LENGTH);
            case CODE -> code = StatusCode.of((int) Math.min(in.wholeNumber("code"), Integer.MAX_VALUE));
            case RESULT -> result = range();
            case MESSAGE -> message = in.takeNull() ? null : in.string("message", MAX_MESSAGE_LENGTH);
            case DETAILS -> details = in.takeNull() ? null : range();
            case WHY -> why = in.takeNull() ? null : range();
            default -> in.skipValue();
        }
    }

    private Payload range() {
        in.peek();
        int from = in.position();
        in.skipValue();
        return Payload.of(Payload.Format.JSON, utf8, from, in.position() - from);
    }
}
