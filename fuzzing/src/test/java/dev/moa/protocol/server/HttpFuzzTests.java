package dev.moa.protocol.server;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** HTTP through the pipeline of a port; see {@link FuzzedPort} for what must hold. */
class HttpFuzzTests {

    private static final String CALL = "POST /s/hello HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + "Authorization: Bearer s3cret\r\nContent-Length: 2\r\n\r\n[]";

    @FuzzTest
    void http(byte[] input) {
        byte[] replies = FuzzedPort.check(input, CALL, "P");

        String text = new String(replies, StandardCharsets.ISO_8859_1);
        FuzzedPort.require(
                text.isEmpty() || text.startsWith("HTTP/1.1 ") || text.startsWith("-ERR"), "not a response: " + text);
    }
}
