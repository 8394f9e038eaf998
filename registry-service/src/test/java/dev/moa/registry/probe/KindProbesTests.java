package dev.moa.registry.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Payload;
import dev.moa.protocol.server.MoaPort;
import dev.moa.registry.catalog.ProbeSpec;
import dev.moa.testkit.redis.Certificates;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Probes of ports that speak TLS, that answer without end, or that have no address. */
class KindProbesTests {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final List<ProbeSpec> KINDS = List.of(
            new ProbeSpec(ProbeSpec.Kind.MOA, null),
            new ProbeSpec(ProbeSpec.Kind.RESP, null),
            new ProbeSpec(ProbeSpec.Kind.HTTP, "/health"));

    private static Certificates own;
    private static Certificates other;
    private static MoaPort port;
    private static MoaPort strict;

    @BeforeAll
    static void start(@TempDir Path directory) throws SSLException {
        own = Certificates.make(directory.resolve("own"));
        other = Certificates.make(directory.resolve("other"));
        port = port(ClientAuth.NONE);
        strict = port(ClientAuth.REQUIRE);
    }

    private static MoaPort port(ClientAuth clientAuth) throws SSLException {
        return MoaPort.builder((request, call) ->
                        CompletableFuture.completedFuture(CallResponse.success(request.id(), Payload.NULL)))
                .port(0)
                .ssl(SslContextBuilder.forServer(
                                own.certificate().toFile(), own.key().toFile())
                        .trustManager(own.certificate().toFile())
                        .clientAuth(clientAuth)
                        .build())
                .build()
                .start();
    }

    @AfterAll
    static void stop() {
        port.close();
        strict.close();
    }

    private static List<Finding> look(@Nullable SslContext ssl, MoaPort at) {
        KindProbes probes = new KindProbes(new TcpProbe(), ssl);
        return KINDS.stream()
                .map(kind -> probes.look(kind, "127.0.0.1", at.port(), true, TIMEOUT))
                .toList();
    }

    private static SslContext trusting(Certificates certificates) throws SSLException {
        return SslContextBuilder.forClient()
                .trustManager(certificates.certificate().toFile())
                .build();
    }

    @Test
    void portsAreAskedOverTls() throws SSLException {
        assertThat(look(trusting(own), port))
                .extracting(Finding::words)
                .satisfiesExactly(
                        moa -> assertThat(moa).isEqualTo("moa PING is answered"),
                        resp -> assertThat(resp).isEqualTo("RESP PING is answered"),
                        http -> assertThat(http).startsWith("GET /health is answered with"));
    }

    @Test
    void withoutABundlePortsAreConnectedTo() {
        assertThat(look(null, port)).allSatisfy(found -> {
            assertThat(found.alive()).isTrue();
            assertThat(found.words()).contains("accepts connections", "moa.client.ssl.bundle");
        });
    }

    @Test
    void certificatesThatAreNotTrustedProveNoDeath() throws SSLException {
        assertThat(look(trusting(other), port)).allSatisfy(found -> {
            assertThat(found.alive()).isTrue();
            assertThat(found.words()).contains("the port speaks TLS, not with this registry");
        });
        assertThat(look(trusting(own), strict))
                .allSatisfy(found -> assertThat(found.alive()).as(found.words()).isTrue());
    }

    @Test
    void refusedConnectionIsProofOverTlsToo() throws SSLException {
        MoaPort gone = port(ClientAuth.NONE);
        gone.close();

        assertThat(look(trusting(own), gone))
                .allSatisfy(
                        found -> assertThat(found.refused()).as(found.words()).isTrue());
        assertThat(look(null, gone))
                .allSatisfy(found -> assertThat(found.refused()).isTrue());
    }

    @Test
    void answerThatComesByteByByteWithoutEndHasFailed() throws Exception {
        ProbeSpec http = new ProbeSpec(ProbeSpec.Kind.HTTP, "/health");
        ProbeSpec resp = new ProbeSpec(ProbeSpec.Kind.RESP, null);
        // the header of a TLS record of 16 KB, and the beginning of what may be a ServerHello
        byte[] handshake = {22, 3, 3, 0x40, 0, 2, 0, 0x3f, (byte) 0xfc};
        try (Drip answer = new Drip("HTTP/1.1 200 OK\r\nA: ".getBytes(StandardCharsets.US_ASCII));
                Drip tls = new Drip(handshake)) {
            KindProbes probes = new KindProbes(new TcpProbe(), trusting(own));
            List<Supplier<Finding>> looks = List.of(
                    () -> probes.look(http, "127.0.0.1", answer.port(), false, Duration.ofMillis(300)),
                    () -> probes.look(http, "127.0.0.1", tls.port(), true, Duration.ofMillis(300)),
                    () -> probes.look(resp, "127.0.0.1", tls.port(), true, Duration.ofMillis(300)));

            for (Supplier<Finding> look : looks) {
                Finding found = CompletableFuture.supplyAsync(look).get(20, TimeUnit.SECONDS);

                assertThat(found).isEqualTo(Finding.failed("no whole answer within 600 ms"));
            }
        }
    }

    @Test
    void whatIsNoAddressHasFailed() {
        KindProbes probes = new KindProbes(new TcpProbe(), null);
        ProbeSpec template = new ProbeSpec(ProbeSpec.Kind.HTTP, "/{id}");

        assertThat(probes.look(template, "127.0.0.1", port.port(), false, TIMEOUT)
                        .words())
                .contains("/{id}");
        assertThat(KINDS)
                .allSatisfy(kind -> assertThat(probes.look(kind, "1:2", port.port(), false, TIMEOUT)
                                .alive())
                        .isFalse());
    }

    /** A server that answers one byte each 20 ms, for ever. */
    private static final class Drip implements AutoCloseable {
        private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

        Drip(byte[] first) throws IOException {
            Thread thread = new Thread(() -> {
                while (!server.isClosed()) {
                    try (Socket socket = server.accept()) {
                        socket.getOutputStream().write(first);
                        while (true) {
                            socket.getOutputStream().write('a');
                            Thread.sleep(20);
                        }
                    } catch (IOException | InterruptedException theirEnd) {
                        // the next one
                    }
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        int port() {
            return server.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
