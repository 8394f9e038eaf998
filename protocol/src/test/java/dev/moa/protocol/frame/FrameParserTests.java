package dev.moa.protocol.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.moa.protocol.CallContext;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameParserTests {

    private static final CallRequest REQUEST = new CallRequest(
            "u1",
            ServiceName.of("/service/user"),
            "get",
            Payload.json("[7]"),
            new CallContext("app", 100, null, null, Map.of("lane", "blue")),
            null);

    @Test
    void framesMayBeCutAnywhere() throws FrameException {
        ByteBuf whole = Unpooled.buffer();
        CallFrames.writeRequest(whole, FrameKind.REQUEST, 5, REQUEST, 100);
        for (int cut = 0; cut < whole.readableBytes(); cut++) {
            FrameParser parser = new FrameParser(1_000, 1_000);
            ByteBuf in = Unpooled.buffer();
            in.writeBytes(whole, 0, cut);

            assertThat(parser.next(in)).as("cut at %d", cut).isNull();
            in.writeBytes(whole, cut, whole.writerIndex() - cut);
            Frame frame = parser.next(in);

            assertThat(frame.stream()).isEqualTo(5);
            assertThat(CallFrames.readRequest(frame)).isEqualTo(REQUEST);
            assertThat(parser.next(in)).isNull();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    cc                                       | expected the first byte of a frame, 0xcd, got 0xcc
                    cd020200000000000000000100000000 00000000 | frame version 2 (expected: 1)
                    cd010200000000000000000100000401 00000000 | a header block of 1025 bytes (limit 1024)
                    cd0102000000000000000001ffffffff 00000000 | a header block of 4294967295 bytes (limit 1024)
                    cd010200000000000000000100000000 80000000 | a body of 2147483648 bytes (limit 2048)
                    cd010200000000000000000100000000 00000801 | a body of 2049 bytes (limit 2048)
                    """)
    void lostFramingAndLimitsAreNamedBeforeMemoryIsTaken(String hex, String message) {
        ByteBuf in = Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex.replace(" ", "")));

        assertThatThrownBy(() -> new FrameParser(1_024, 2_048).next(in))
                .isInstanceOf(FrameException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    00                       | the header block ends in the middle of an entry
                    00010200                 | the header block ends in the middle of an entry
                    0001020005 2f73          | the value of header 1 is 5 bytes long but only 2 follow
                    0001010002 2f73          | header SERVICE is of type 1 (expected: 2)
                    0004010004 00000001      | header TIMEOUT_MS is a number of 4 bytes (expected: 8)
                    0009040002 0561          | header TAG is too short for its name
                    0009040000               | header TAG is too short for its name
                    """)
    void aHeaderBlockThatDoesNotAddUpIsNamed(String hex, String message) {
        byte[] header = HexFormat.of().parseHex(hex.replace(" ", ""));
        Frame frame = new Frame(FrameKind.REQUEST, 0, 1, header, header.length);

        assertThatThrownBy(() -> CallFrames.readRequest(frame))
                .isInstanceOf(FrameException.class)
                .hasMessage(message);
    }

    @Test
    void aValueThatIsTooLongIsRefusedAtBothEnds() {
        byte[] header = new byte[5 + 129];
        header[1] = 1;
        header[2] = 2;
        header[4] = (byte) 129;
        ByteBuf out = Unpooled.buffer();
        CallRequest long1 = REQUEST.withCtx(REQUEST.ctx().withApp("x".repeat(1_025)));

        assertThatThrownBy(() -> CallFrames.readRequest(new Frame(FrameKind.REQUEST, 0, 1, header, header.length)))
                .hasMessage("header SERVICE is 129 bytes long (limit 128)");
        assertThatThrownBy(() -> CallFrames.writeRequest(out, FrameKind.REQUEST, 1, long1, 1))
                .hasMessage("header APP is 1025 bytes long (expected: at most 1024)");
        assertThat(out.isReadable()).isFalse();
    }

    @Test
    void aRequestWithoutAServiceIsAWrongRequestNotALostFraming() throws FrameException {
        Frame frame = new Frame(FrameKind.REQUEST, 0, 1, new byte[0], 0);

        assertThatThrownBy(() -> CallFrames.readRequest(frame))
                .isInstanceOf(MoaException.class)
                .hasMessage("request: header SERVICE is missing");
    }

    @Test
    void rubbishNeverDoesMoreThanFail() {
        ByteBuf whole = Unpooled.buffer();
        CallFrames.writeRequest(whole, FrameKind.REQUEST, 5, REQUEST, 100);
        Random random = new Random(7);
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = new byte[whole.readableBytes()];
            whole.getBytes(0, bytes);
            for (int m = 0; m < 3; m++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                Frame frame = new FrameParser(1_024, 2_048).next(Unpooled.wrappedBuffer(bytes));
                if (frame != null) {
                    CallFrames.readRequest(frame);
                    CallFrames.readResponse(frame, null, Payload.Format.JSON);
                    Hello.read(frame);
                }
            } catch (FrameException | MoaException e) {
                assertThat(e).hasMessageNotContaining("null");
            }
        }
    }
}
