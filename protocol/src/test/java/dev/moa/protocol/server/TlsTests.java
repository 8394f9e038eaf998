package dev.moa.protocol.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.protocol.client.MoaConnection;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTests {

    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    private Path directory;

    private MoaPort port;
    private SslContext trusting;

    @BeforeEach
    void start() throws Exception {
        Path store = directory.resolve("key.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "moa",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=IP:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .start();
        keytool.getInputStream().readAllBytes();
        assertThat(keytool.waitFor(20, TimeUnit.SECONDS)).isTrue();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, PASSWORD);
        trusting = SslContextBuilder.forClient()
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .build();
        port = MoaPort.builder(new HelloHandler())
                .port(0)
                .ssl(SslContextBuilder.forServer(factory).build())
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        port.close();
    }

    @Test
    void framesGoOverTls() throws Exception {
        InetSocketAddress address = new InetSocketAddress("127.0.0.1", port.port());

        try (MoaConnection connection = MoaConnection.open(
                        address,
                        ConnectionOptions.defaults()
                                .withSsl(trusting)
                                .withConnectTimeout(java.time.Duration.ofSeconds(5)))
                .get(5, TimeUnit.SECONDS)) {
            CallResponse response = connection
                    .call(
                            CallRequest.of(
                                    ServiceName.of("/s"), "echo", Payload.json("[\"" + "x".repeat(100_000) + "\"]")),
                            Deadline.afterMillis(5_000))
                    .get(5, TimeUnit.SECONDS);

            assertThat(response.resultOrThrow().length()).isEqualTo(100_004);
        }
    }

    @Test
    void plainTextIsRefusedWhereTlsIsSetUp() throws IOException {
        try (RawClient client = new RawClient(port.port())) {
            client.command("PING");

            assertThat(client.reply()).isEqualTo("-ERR this port speaks TLS only");
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    @Test
    void aPlainConnectionLearnsWhyItIsRefused() {
        assertThatThrownBy(() -> MoaConnection.open(
                                new InetSocketAddress("127.0.0.1", port.port()), ConnectionOptions.defaults())
                        .get(5, TimeUnit.SECONDS))
                .hasMessageContaining("speaks TLS only");
    }
}
