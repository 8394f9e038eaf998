package dev.moa.registry.drain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Payload;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.protocol.server.MoaPort;
import dev.moa.registry.catalog.Instance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PeerTests {
    private static final String ROUTER = """
            {"incarnation":1,"ttlSeconds":10,"held":false,"reason":"registered","registeredAtMs":1,"id":"x.a",
            "service":"/service/lookup","host":"127.0.0.1","port":%d,"protocols":["moa"],"weight":100,"tags":{},
            "metadata":{},"status":"UP"}""";

    @Test
    void aConnectionThatOpensAfterTheDrainIsOverIsClosed() throws Exception {
        try (ServerSocket door = new ServerSocket(0);
                MoaPort router = MoaPort.builder((request, call) -> CompletableFuture.completedFuture(
                                CallResponse.success(request.id(), Payload.json("[]"))))
                        .port(0)
                        .build()
                        .start()) {
            Peer peer = new Peer(
                    "router",
                    Instance.parse(ROUTER.formatted(door.getLocalPort())),
                    ConnectionOptions.defaults(),
                    "lookup",
                    "[]".getBytes(StandardCharsets.UTF_8),
                    answer -> null);
            door.setSoTimeout(5_000);

            // it has connected, and is greeted only when nobody waits for it any more
            assertThat(peer.hasAcknowledged()).isFalse();
            try (Socket client = door.accept();
                    Socket inside = new Socket("127.0.0.1", router.port())) {
                peer.close();
                CompletableFuture<Void> out = relay(client, inside);
                CompletableFuture<Void> in = relay(inside, client);

                assertThat(out).as("the peer hangs up").succeedsWithin(Duration.ofSeconds(5));
                inside.close();
                assertThat(in).succeedsWithin(Duration.ofSeconds(5));
            }
        }
    }

    /** Brings what one end sends to the other until the first hangs up. */
    private static CompletableFuture<Void> relay(Socket from, Socket to) {
        return CompletableFuture.runAsync(() -> {
            try {
                from.getInputStream().transferTo(to.getOutputStream());
            } catch (IOException e) {
                if (!from.isClosed() && !to.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        });
    }
}
