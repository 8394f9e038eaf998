package dev.moa.protocol.json;

import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Payload;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Writes responses straight into the buffer of a connection; the plain success, the hot path, without a copy. */
final class ResponseBulk {

    private static final byte[] SUCCESS = "{\"code\":0,\"result\":".getBytes(StandardCharsets.US_ASCII);

    private ResponseBulk() {}

    static void write(CallResponse response, ByteBuf out) {
        Payload result = response.result();
        if (response.isOk() && response.id() == null && response.why() == null && result != null) {
            int length = SUCCESS.length + result.length() + 1;
            out.ensureWritable(length + 16);
            length(length, out);
            out.writeBytes(SUCCESS);
            out.writeBytes(result.array(), result.offset(), result.length());
            out.writeMedium(('}' << 16) | ('\r' << 8) | '\n');
        } else {
            JsonWriter json = CallJson.responseWriter(response);
            out.ensureWritable(json.length() + 16);
            length(json.length(), out);
            json.writeTo(out);
            out.writeShort(('\r' << 8) | '\n');
        }
    }

    private static void length(int length, ByteBuf out) {
        out.writeByte('$');
        int divisor = 1;
        while (length / divisor >= 10) {
            divisor *= 10;
        }
        for (; divisor > 0; divisor /= 10) {
            out.writeByte('0' + length / divisor % 10);
        }
        out.writeShort(('\r' << 8) | '\n');
    }
}
