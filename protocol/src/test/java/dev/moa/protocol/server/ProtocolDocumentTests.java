package dev.moa.protocol.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.protocol.CallContext;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Payload;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.frame.CallFrames;
import dev.moa.protocol.frame.Frame;
import dev.moa.protocol.frame.FrameException;
import dev.moa.protocol.frame.FrameKind;
import dev.moa.protocol.frame.FrameParser;
import dev.moa.protocol.frame.FrameWriter;
import dev.moa.protocol.frame.GoAway;
import dev.moa.protocol.frame.Hello;
import dev.moa.protocol.frame.Window;
import dev.moa.protocol.json.CallJson;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples of {@code docs/protocol.md} are true. */
class ProtocolDocumentTests {

    /** A marked block of the page. */
    record Block(String language, String kind, String text) {
        @Override
        public String toString() {
            return language + " " + kind + ": " + text.lines().findFirst().orElse("");
        }
    }

    private static final Pattern BLOCK = Pattern.compile("```(\\w+) ?(\\w*)\n(.*?)\n```", Pattern.DOTALL);

    static List<Block> blocks() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "protocol.md"));
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(page);
        while (matcher.find()) {
            blocks.add(new Block(matcher.group(1), matcher.group(2), matcher.group(3)));
        }
        return blocks;
    }

    static Stream<Block> objects() throws IOException {
        return blocks().stream().filter(block -> block.language().equals("json"));
    }

    static Stream<Block> frames() throws IOException {
        return blocks().stream().filter(block -> block.language().equals("hex"));
    }

    static Stream<Block> conversations() throws IOException {
        return blocks().stream()
                .filter(block ->
                        block.language().equals("resp") || block.language().equals("http"));
    }

    @Test
    void allKindsOfFramesHaveAnExample() throws IOException {
        assertThat(frames().map(Block::kind).distinct())
                .contains(Stream.of(FrameKind.values())
                        .filter(kind -> kind != FrameKind.PUSH && kind != FrameKind.DATA)
                        .map(FrameKind::name)
                        .toArray(String[]::new));
    }

    @ParameterizedTest
    @MethodSource("objects")
    void anObjectIsWrittenAsItIsRead(Block block) {
        byte[] json = block.text().getBytes(StandardCharsets.UTF_8);

        byte[] written = block.kind().equals("request")
                ? CallJson.writeRequest(CallJson.readRequest(json))
                : CallJson.writeResponse(CallJson.readResponse(json));

        assertThat(new String(written, StandardCharsets.UTF_8)).isEqualTo(block.text());
    }

    @ParameterizedTest
    @MethodSource("frames")
    void aFrameIsWrittenAsItIsRead(Block block) throws FrameException {
        ByteBuf bytes = Unpooled.wrappedBuffer(bytes(block));
        Frame frame = new FrameParser(Frame.MAX_HEADER_BYTES, 1 << 20).next(bytes);
        assertThat(frame).isNotNull();
        assertThat(frame.kind()).isEqualTo(FrameKind.valueOf(block.kind()));
        assertThat(bytes.isReadable()).isFalse();

        ByteBuf written = Unpooled.buffer();
        switch (frame.kind()) {
            case HELLO -> Hello.read(frame).write(written);
            case REQUEST, ONEWAY -> {
                CallRequest request = CallFrames.readRequest(frame);
                CallFrames.writeRequest(
                        written,
                        frame.kind(),
                        frame.stream(),
                        request,
                        request.ctx().timeoutMs());
            }
            case RESPONSE ->
                CallFrames.writeResponse(
                        written,
                        frame.stream(),
                        Payload.Format.JSON,
                        CallFrames.readResponse(frame, null, Payload.Format.JSON),
                        1 << 20);
            case GOAWAY -> {
                GoAway goAway = GoAway.read(frame);
                CallFrames.writeGoAway(written, goAway.code(), goAway.message());
            }
            case WINDOW -> Window.read(frame, new Window(1, 1)).write(written);
            default -> FrameWriter.bare(written, frame.kind(), frame.stream());
        }

        assertThat(ByteBufUtil.hexDump(written)).isEqualTo(HexFormat.of().formatHex(bytes(block)));
    }

    @Test
    void anObjectBehindAFrameIsWhatTheFrameSays() throws Exception {
        List<Block> blocks = blocks();
        int compared = 0;
        for (int i = 0; i + 1 < blocks.size(); i++) {
            if (!blocks.get(i).language().equals("hex")
                    || !blocks.get(i + 1).language().equals("json")) {
                continue;
            }
            Frame frame =
                    new FrameParser(Frame.MAX_HEADER_BYTES, 1 << 20).next(Unpooled.wrappedBuffer(bytes(blocks.get(i))));
            byte[] json = blocks.get(i + 1).text().getBytes(StandardCharsets.UTF_8);
            if (frame.kind() == FrameKind.REQUEST) {
                assertThat(CallFrames.readRequest(frame)).isEqualTo(CallJson.readRequest(json));
            } else {
                CallResponse response = CallJson.readResponse(json);
                assertThat(CallFrames.readResponse(frame, response.id(), Payload.Format.JSON))
                        .isEqualTo(response);
            }
            compared++;
        }
        assertThat(compared).isEqualTo(5);
    }

    @Test
    void theCodesOfThePageAreTheCodes() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "protocol.md"));

        for (StatusCode code : StatusCode.values()) {
            assertThat(page).contains("| %d | %s | %d |".formatted(code.number(), code.name(), code.httpStatus()));
        }
    }

    @ParameterizedTest
    @MethodSource("conversations")
    void aConversationGoesAsItIsWritten(Block block) throws IOException {
        boolean http = block.language().equals("http");
        try (MoaPort port = MoaPort.builder(new HelloHandler()).port(0).build().start();
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), port.port())) {
            socket.setSoTimeout(5_000);
            OutputStream out = socket.getOutputStream();
            InputStream in = socket.getInputStream();
            StringBuilder expected = new StringBuilder();
            for (String line : block.text().lines().toList()) {
                String content = line.length() < 3 ? "" : line.substring(3);
                String bytes = http ? withLineEnd(content) : content.replace("\\r\\n", "\r\n");
                if (line.startsWith("C:")) {
                    out.write(bytes.getBytes(StandardCharsets.UTF_8));
                } else {
                    expected.append(bytes);
                }
            }

            byte[] received = in.readNBytes(expected.toString().getBytes(StandardCharsets.UTF_8).length);

            String text = new String(received, StandardCharsets.UTF_8);
            assertThat(http ? lowerCaseHeaders(text) : text).isEqualTo(expected.toString());
        }
    }

    @Test
    void theMovingPushIsAsItIsWritten() throws Exception {
        Block block = blocks().stream()
                .filter(each -> each.language().equals("push"))
                .findFirst()
                .orElseThrow();
        List<String> lines = block.text()
                .lines()
                .map(line -> line.substring(3).replace("\\r\\n", "\r\n"))
                .toList();
        try (MoaPort port = MoaPort.builder(new HelloHandler()).port(0).build().start();
                RawClient client = new RawClient(port.port())) {
            client.command("HELLO", "3");
            client.reply();
            client.raw(lines.get(0));
            assertThat(client.line() + "\r\n").isEqualTo(lines.get(1));

            port.goAway(new Goodbye(
                    List.of(InetSocketAddress.createUnresolved("127.0.0.1", 6391)), Duration.ofMillis(100)));

            // the number is another one each time
            assertThat(client.rest().replaceFirst(":[0-9]+", ":17")).isEqualTo(lines.get(2));
        }
    }

    private static String withLineEnd(String line) {
        return line.startsWith("[") || line.startsWith("{") ? line : line + "\r\n";
    }

    private static String lowerCaseHeaders(String text) {
        return text.lines()
                .map(line -> line.contains(": ") && !line.startsWith("{")
                        ? line.substring(0, line.indexOf(':')).toLowerCase(java.util.Locale.ROOT)
                                + line.substring(line.indexOf(':'))
                        : line)
                .collect(Collectors.joining("\r\n"));
    }

    @Test
    void entriesThatNobodyKnowsAreCarriedOn() throws FrameException, IOException {
        Block block = frames().filter(each -> each.text().contains("nobody here knows"))
                .findFirst()
                .orElseThrow();
        Frame frame = new FrameParser(Frame.MAX_HEADER_BYTES, 1 << 20).next(Unpooled.wrappedBuffer(bytes(block)));

        CallContext ctx = CallFrames.readRequest(frame).ctx();

        assertThat(ctx.carried().bytes()).isEqualTo(HexFormat.of().parseHex("800102000178"));
        assertThat(ctx.withTimeoutMs(5).withApp("x").withTrace(null, "0.1").carried())
                .isEqualTo(ctx.carried());
    }

    private static byte[] bytes(Block block) {
        String hex = block.text()
                .lines()
                .map(line -> line.contains("#") ? line.substring(0, line.indexOf('#')) : line)
                .collect(Collectors.joining())
                .replaceAll("\\s", "");
        return HexFormat.of().parseHex(hex);
    }
}
