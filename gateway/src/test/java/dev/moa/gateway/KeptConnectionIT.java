package dev.moa.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A connection that is kept goes on to be served, however close its requests follow each other. */
class KeptConnectionIT {

    private static final String TOKEN = "service-secret-01234";

    @Test
    void aRequestBehindOneThatWasRefusedWhileTheOneBeforeWasStillProxiedIsServed() throws Exception {
        CountDownLatch bothAreSent = new CountDownLatch(1);
        try (StandInApp app = StandInApp.start().on("/v1", request -> {
                    try {
                        return bothAreSent.await(10, TimeUnit.SECONDS) ? request.method() : "late";
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                });
                RunningGateway gateway = RunningGateway.start(
                        "moa.security.tokens.feed.secret=" + TOKEN,
                        "moa.security.tokens.feed.role=service",
                        "moa.gateway.apps.router=" + app.url(),
                        "moa.gateway.apps.parallel-proxy=" + app.url());
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
            socket.setSoTimeout(10_000);
            byte[] proxied = request("POST", "/console/api/parallel-proxy/v1/batch");
            byte[] refused = request("PUT", "/console/api/router/v1/sources/live");

            // as one write, so that the second is there before the first is answered
            byte[] both = new byte[proxied.length + refused.length];
            System.arraycopy(proxied, 0, both, 0, proxied.length);
            System.arraycopy(refused, 0, both, proxied.length, refused.length);
            socket.getOutputStream().write(both);
            bothAreSent.countDown();
            assertThat(status(socket.getInputStream())).isEqualTo(200);
            assertThat(status(socket.getInputStream())).isEqualTo(403);
            socket.getOutputStream().write(proxied);

            assertThat(status(socket.getInputStream())).isEqualTo(200);
        }
    }

    private static byte[] request(String method, String path) {
        return "%s %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]"
                .formatted(method, path, TOKEN)
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Reads a whole response of known length; returns its status. */
    private static int status(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int read = in.read();
            assertThat(read).as("within the head: %s", head).isNotNegative();
            head.append((char) read);
        }
        int length = head.toString()
                .toLowerCase(java.util.Locale.ROOT)
                .lines()
                .filter(line -> line.startsWith("content-length:"))
                .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
                .findFirst()
                .orElseThrow();
        assertThat(in.readNBytes(length)).hasSize(length);
        return Integer.parseInt(head.substring(9, 12));
    }
}
