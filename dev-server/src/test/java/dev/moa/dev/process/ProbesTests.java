package dev.moa.dev.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProbesTests {
    @Test
    void anHttpAnswerOf200IsHealthyAndAnyOtherSaysWhatItWas() throws Exception {
        assertThat(answering("HTTP/1.1 200 OK\r\n\r\n{\"status\":\"UP\"}", true).isGood())
                .isTrue();

        Health down = answering("HTTP/1.1 503 Service Unavailable\r\n\r\n{\"status\":\"DOWN\"}", true);

        assertThat(down).isEqualTo(Health.bad("answers 503 Service Unavailable {\"status\":\"DOWN\"}"));
    }

    @Test
    void aRedisThatLoadsIsNotHealthyYet() throws Exception {
        assertThat(answering("+PONG\r\n", false)).isEqualTo(Health.good("PONG"));
        assertThat(answering("-LOADING Redis is loading\r\n", false).isGood()).isFalse();
    }

    @Test
    void aClosedPortSaysThatNothingListens() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }

        assertThat(Probes.kafka("127.0.0.1", port).check())
                .isEqualTo(Health.bad("nothing listens on port " + port + " yet"));
    }

    private static Health answering(String answer, boolean isHttp) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(
                    () -> {
                        try (Socket socket = server.accept()) {
                            socket.getInputStream().read(new byte[512]);
                            socket.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
                        } catch (IOException gone) {
                            // the check has its answer or its failure
                        }
                    },
                    "test-server-1");
            thread.setDaemon(true);
            thread.start();
            int port = server.getLocalPort();
            HealthCheck check =
                    isHttp ? Probes.http("127.0.0.1", port, "/actuator/health") : Probes.redis("127.0.0.1", port);
            return check.check();
        }
    }
}
