package dev.moa.protocol.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What somebody without a token can make a port hold on to. */
class StrangersIT {

    private static final int INPUT_BYTES = 4 * 1024;
    private static final int HELD_BYTES = 64 * 1024;
    private static final int CONNECTIONS = 150;

    @Test
    void fourKilobytesOfAStrangerHoldAtMostSixtyFour() throws Exception {
        try (HelloProcess process = new HelloProcess("0", "s3cret")) {
            // classes, pools and the first chunks of memory
            inputs().values().forEach(input -> perConnection(process, input, 20));
            await().until(() -> process.memory()[1] == 0);

            inputs().forEach((name, input) -> {
                long held = perConnection(process, input, CONNECTIONS);
                System.out.printf("%s: %d bytes held for each stranger%n", name, held);
                assertThat(held).as(name).isLessThan(HELD_BYTES);
            });
        }
    }

    private static Map<String, String> inputs() {
        Map<String, String> inputs = new LinkedHashMap<>();
        inputs.put("nothing but an announcement", "*10\r\n$16384\r\n");
        inputs.put("a long element, half of it", "*2\r\n$3\r\nGET\r\n$16384\r\n" + "x".repeat(INPUT_BYTES));
        inputs.put("many elements, one missing", "*10\r\n" + ("$400\r\n" + "x".repeat(400) + "\r\n").repeat(9));
        inputs.put("many refused commands", "*1\r\n$1\r\nx\r\n".repeat(INPUT_BYTES));
        inputs.put("many refused HELLOs", "*1\r\n$5\r\nHELLO\r\n".repeat(INPUT_BYTES));
        inputs.put("empty arrays", "*0\r\n".repeat(INPUT_BYTES));
        inputs.put("a number without end", "*" + "1".repeat(INPUT_BYTES));
        inputs.put("many short headers", "POST / HTTP/1.1\r\n" + "a:\r\n".repeat(INPUT_BYTES));
        inputs.put("99 headers, never ended", "POST / HTTP/1.1\r\n" + "a:\r\n".repeat(99));
        inputs.put("many HTTP requests", "GET / HTTP/1.1\r\nHost:a\r\n\r\n".repeat(INPUT_BYTES));
        inputs.put(
                "a body of HTTP, half of it",
                "POST /s/m HTTP/1.1\r\nHost:a\r\nContent-Length:4000000\r\n\r\n" + "x".repeat(INPUT_BYTES));
        inputs.put(
                "a frame's header block, half of it",
                "\u00cd\u0001\u0001\0" + "\0".repeat(8) + "\0\0\u0010\0\0\0\0\0" + "x".repeat(2_000));
        Random random = new Random(7);
        StringBuilder noise = new StringBuilder("*");
        random.ints(INPUT_BYTES, 0, 256).forEach(each -> noise.append((char) each));
        inputs.put("noise", noise.toString());
        return inputs;
    }

    private static long perConnection(HelloProcess process, String input, int count) {
        byte[] bytes = input.substring(0, Math.min(INPUT_BYTES, input.length())).getBytes(StandardCharsets.ISO_8859_1);
        List<Socket> strangers = new ArrayList<>();
        try {
            long before = process.memory()[0];
            for (int i = 0; i < count; i++) {
                Socket stranger = new Socket(InetAddress.getLoopbackAddress(), process.port());
                strangers.add(stranger);
                stranger.getOutputStream().write(bytes);
            }
            for (int i = 0; i < 4; i++) {
                // every event loop answers behind what it was sent before
                try (RawClient last = new RawClient(process.port())) {
                    last.command("PING");
                    assertThat((String) last.reply()).startsWith("-NOAUTH");
                }
            }
            return (process.memory()[0] - before) / count;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } finally {
            for (Socket stranger : strangers) {
                try {
                    stranger.close();
                } catch (IOException e) {
                    // gone already
                }
            }
            await().until(() -> process.memory()[1] == 0);
        }
    }
}
