package dev.moa.protocol.resp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RespParserTests {

    private static final String COMMANDS = "*2\r\n$3\r\nGET\r\n$7\r\n{\"x\":1}\r\n*1\r\n$4\r\nPING\r\n"
            + "*0\r\n*3\r\n$4\r\nMGET\r\n$0\r\n\r\n$4\r\n\r\n\r\n\r\n";
    private static final List<List<String>> EXPECTED =
            List.of(List.of("GET", "{\"x\":1}"), List.of("PING"), List.of("MGET", "", "\r\n\r\n"));

    @Test
    void commandsAreTakenOneAfterTheOther() throws RespException {
        assertThat(takeAll(new RespParser(), bytes(COMMANDS))).isEqualTo(EXPECTED);
    }

    @Test
    void commandsMayBeCutAnywhere() throws RespException {
        byte[] all = COMMANDS.getBytes(StandardCharsets.ISO_8859_1);
        for (int cut = 0; cut <= all.length; cut++) {
            RespParser parser = new RespParser();
            ByteBuf in = Unpooled.buffer();

            in.writeBytes(all, 0, cut);
            List<List<String>> commands = new ArrayList<>(takeAll(parser, in));
            in.writeBytes(all, cut, all.length - cut);
            commands.addAll(takeAll(parser, in));

            assertThat(commands).as("cut at %d", cut).isEqualTo(EXPECTED);
        }
    }

    @Test
    void commandsMayComeByteByByte() throws RespException {
        RespParser parser = new RespParser();
        ByteBuf in = Unpooled.buffer();
        List<List<String>> commands = new ArrayList<>();
        for (byte b : COMMANDS.getBytes(StandardCharsets.ISO_8859_1)) {
            in.writeByte(b);
            commands.addAll(takeAll(parser, in));
        }

        assertThat(commands).isEqualTo(EXPECTED);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    PING                        | expected '*', got 'P' (inline commands are not served
                    *11^                        | invalid multibulk length 11 (limit 10)
                    *1000000^                   | invalid multibulk length 1000000 (limit 10)
                    *99999999999999999999^      | invalid multibulk length 999999999999… (limit 10)
                    *-1^                        | invalid multibulk length: expected a digit, got '-'
                    *-2147483648^               | invalid multibulk length: expected a digit, got '-'
                    *^                          | invalid multibulk length: expected a digit, got byte 0x0d
                    *1_                         | expected a digit or CR LF, got byte 0x0a
                    *1~x                        | expected LF after the CR of a multibulk length, got 'x'
                    * 1^                        | expected a digit, got byte 0x20
                    *+1^                        | expected a digit, got '+'
                    *1^*1^                      | expected '$', got '*'
                    *1^:1^                      | expected '$', got ':'
                    *1^$-1^                     | invalid bulk length: expected a digit, got '-'
                    *1^$16385^                  | invalid bulk length 16385 (limit 16384)
                    *1^$2147483648^             | invalid bulk length 2147483648 (limit 16384)
                    *1^$9223372036854775808^    | invalid bulk length 922337203685… (limit 16384)
                    *1^$1_                      | expected a digit or CR LF, got byte 0x0a
                    *1^$1^xx^                   | expected CR LF after a bulk string of 1 bytes
                    *1^$3^GET_x                 | expected CR LF after a bulk string of 3 bytes
                    """)
    void lostFramingIsNamed(String input, String message) {
        ByteBuf in = bytes(input.strip().replace("^", "\r\n").replace('_', '\n').replace('~', '\r'));

        assertThatThrownBy(() -> takeAll(new RespParser(), in))
                .isInstanceOf(RespException.class)
                .hasMessageStartingWith("Protocol error: ")
                .hasMessageContaining(message);
    }

    @Test
    void announcedLengthsTakeNoMemory() throws RespException {
        RespParser parser = new RespParser();
        parser.limit(1_025, 1 << 20, 16 << 20);
        List<RespParser> waiting = new ArrayList<>();
        long before = usedMemory();
        for (int i = 0; i < 1_000; i++) {
            RespParser each = new RespParser();
            each.limit(1_025, 1 << 20, 16 << 20);
            assertThat(each.next(bytes("*1025\r\n$1048576\r\nx"))).isFalse();
            waiting.add(each);
        }

        assertThat(usedMemory() - before).isLessThan(waiting.size() * 64L * 1024);
    }

    @Test
    void allArgumentsTogetherAreBounded() {
        RespParser parser = new RespParser();
        parser.limit(10, 100, 150);

        assertThatThrownBy(() -> takeAll(parser, bytes("*2\r\n$100\r\n" + "x".repeat(100) + "\r\n$51\r\n")))
                .hasMessageContaining("a command of more than 150 bytes");
    }

    private static long usedMemory() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static List<List<String>> takeAll(RespParser parser, ByteBuf in) throws RespException {
        List<List<String>> commands = new ArrayList<>();
        while (parser.next(in)) {
            List<String> command = new ArrayList<>();
            for (int i = 0; i < parser.size(); i++) {
                command.add(new String(parser.element(i), StandardCharsets.ISO_8859_1));
            }
            commands.add(command);
            parser.clear();
        }
        return commands;
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }
}
