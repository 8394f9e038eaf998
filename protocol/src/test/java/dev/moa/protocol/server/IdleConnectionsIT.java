package dev.moa.protocol.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class IdleConnectionsIT {

    private static final int CONNECTIONS = 5_000;
    private static final long BYTES_EACH = 20 * 1024;

    @Test
    void anIdleConnectionCostsLittle() throws Exception {
        List<SocketChannel> connections = new ArrayList<>();
        try (HelloProcess process = new HelloProcess()) {
            // the first calls load classes and take the first chunks of memory
            for (int i = 0; i < 50; i++) {
                SocketChannel connection = connect(process);
                hello(connection);
                connection.close();
            }
            await().until(() -> process.memory()[1] == 0);
            long before = process.memory()[0];

            for (int i = 0; i < CONNECTIONS; i++) {
                connections.add(connect(process));
            }
            await().atMost(10, TimeUnit.SECONDS).until(() -> process.memory()[1] == CONNECTIONS);
            long silent = (process.memory()[0] - before) / CONNECTIONS;
            for (SocketChannel connection : connections) {
                hello(connection);
            }
            long afterACall = (process.memory()[0] - before) / CONNECTIONS;

            System.out.printf(
                    "bytes of each of %d idle connections: %d before its first byte, %d after a call%n",
                    CONNECTIONS, silent, afterACall);
            assertThat(silent).isLessThan(BYTES_EACH);
            assertThat(afterACall).isLessThan(BYTES_EACH);
        } finally {
            for (SocketChannel connection : connections) {
                connection.close();
            }
        }
    }

    private static SocketChannel connect(HelloProcess process) throws IOException {
        return SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), process.port()));
    }

    private static void hello(SocketChannel connection) throws IOException {
        String request = "{\"service\":\"/s\",\"method\":\"hello\"}";
        ByteBuffer command = ByteBuffer.wrap(("*2\r\n$3\r\nGET\r\n$" + request.length() + "\r\n" + request + "\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        while (command.hasRemaining()) {
            connection.write(command);
        }
        ByteBuffer reply = ByteBuffer.allocate("$33\r\n{\"code\":0,\"result\":\"hello world\"}\r\n".length());
        while (reply.hasRemaining()) {
            assertThat(connection.read(reply)).isPositive();
        }
    }
}
