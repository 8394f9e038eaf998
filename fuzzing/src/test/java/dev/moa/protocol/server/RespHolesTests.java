package dev.moa.protocol.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.moa.protocol.server.FuzzedPort.Outcome;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What other RESP parsers fell to, against ours, before AUTH; {@link FuzzedPort#send} checks for each that no buffer
 * is left and no more than 64 KB were held.
 */
class RespHolesTests {

    @ParameterizedTest(name = "{0}")
    @MethodSource("holes")
    void isClosed(String hole, String input, String reply) {
        byte[] bytes = input.getBytes(ISO_8859_1);

        for (List<byte[]> pieces : List.of(List.of(bytes), bytewise(bytes))) {
            Outcome outcome = FuzzedPort.send(pieces, true);

            assertThat(new String(outcome.replies(), ISO_8859_1)).startsWith(reply);
            assertThat(outcome.isStranger()).isTrue();
        }
    }

    static Stream<Arguments> holes() {
        String noauth = "-NOAUTH";
        String protocol = "-ERR Protocol error: ";
        return Stream.of(
                arguments(
                        "CVE-2026-42586, a line end in a name forges no reply",
                        command("x\r\n-ERR forged\r\n"),
                        noauth),
                arguments(
                        "CVE-2026-44250 and CVE-2026-54426, arrays in arrays",
                        "*1\r\n".repeat(1_000),
                        protocol + "expected '$'"),
                arguments("ArcadeDB PR 5902, 47 KB of them", "*1\r\n".repeat(12_000), protocol + "expected '$'"),
                arguments("CVE-2026-44890, a line without an end", "*" + "1".repeat(70_000), protocol + "invalid"),
                arguments("CVE-2026-44890, a bulk length without an end", "*1\r\n$" + "9".repeat(70_000), protocol),
                arguments("CVE-2026-48006, an error behind half a command", "*2\r\n$3\r\nGET\r\nx", protocol),
                arguments("CVE-2026-50011, many elements announced", "*1000000\r\n", protocol + "invalid multibulk"),
                arguments("Netty's default limits", "*1000000\r\n".repeat(256), protocol + "invalid multibulk"),
                arguments("CVE-2026-56818, state kept for what never comes", "*10\r\n$16384\r\n", ""),
                arguments("CVE-2026-56388, an empty array", "*0\r\n".repeat(1_000) + command("PING"), noauth),
                arguments("a null array", "*-1\r\n", protocol + "invalid multibulk length"),
                arguments("a null bulk string", "*1\r\n$-1\r\n", protocol + "invalid bulk length"),
                arguments("a length beyond 32 bits", "*4294967297\r\n$4\r\nPING\r\n", protocol + "invalid multibulk"),
                arguments("a length beyond 64 bits", "*18446744073709551617\r\n", protocol + "invalid multibulk"),
                arguments("a bulk length that wraps to 4", "*1\r\n$4294967300\r\nPING\r\n", protocol + "invalid bulk"),
                arguments("brpc's allocation, 512 MB announced", "*2\r\n$3\r\nGET\r\n$536870912\r\n", protocol),
                arguments("CVE-2021-32675, eleven arguments", "*11\r\n" + "$1\r\nx\r\n".repeat(11), protocol),
                arguments("CVE-2021-32675, one of more than 16 KB", "*2\r\n$3\r\nGET\r\n$16385\r\n", protocol),
                arguments("bare line feeds", "*1\n$4\nPING\n", protocol + "invalid multibulk length"),
                arguments("bare carriage returns", "*1\r$4\rPING\r", protocol + "expected LF"),
                arguments("a sign", "*+1\r\n$4\r\nPING\r\n", protocol + "invalid multibulk length"),
                arguments("white space", "* 1\r\n$4\r\nPING\r\n", protocol + "invalid multibulk length"),
                arguments("a longer string than announced", "*1\r\n$4\r\nPINGPING\r\n", protocol + "expected CR LF"),
                arguments("a shorter one", "*1\r\n$6\r\nPING\r\n*1\r\n", protocol + "expected CR LF"),
                arguments("an inline command behind a RESP one", command("PING") + "PING\r\n", noauth),
                arguments("a thousand refused commands", command("GET", "x").repeat(1_000), noauth),
                arguments("a map, a set, a push", "*1\r\n%1\r\n", protocol + "expected '$'"));
    }

    private static String command(String... words) {
        StringBuilder text = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            text.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
        }
        return text.toString();
    }

    private static List<byte[]> bytewise(byte[] bytes) {
        return IntStream.range(0, bytes.length)
                .mapToObj(i -> new byte[] {bytes[i]})
                .toList();
    }
}
