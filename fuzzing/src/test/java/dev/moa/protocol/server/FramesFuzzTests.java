package dev.moa.protocol.server;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.moa.protocol.frame.Frame;
import dev.moa.protocol.frame.FrameException;
import dev.moa.protocol.frame.FrameParser;
import dev.moa.protocol.frame.Hello;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** Moa frames through the pipeline of a port; see {@link FuzzedPort} for what must hold. */
class FramesFuzzTests {

    private static final String HELLO = hello();

    @FuzzTest
    void frames(byte[] input) throws FrameException {
        byte[] replies = FuzzedPort.check(input, HELLO, "\u00cd");

        ByteBuf in = Unpooled.wrappedBuffer(replies);
        FrameParser parser =
                new FrameParser(Frame.MAX_HEADER_BYTES, PortLimits.defaults().maxBodyBytes());
        while (parser.next(in) != null) {
            // whole frames only
        }
        FuzzedPort.require(!in.isReadable(), in.readableBytes() + " bytes of replies are not a frame");
    }

    private static String hello() {
        ByteBuf out = Unpooled.buffer();
        new Hello(Frame.VERSION, Frame.VERSION, 0, FuzzedPort.TOKEN, "fuzz", 1 << 20, 64, 1 << 20, 0).write(out);
        return out.toString(StandardCharsets.ISO_8859_1);
    }
}
