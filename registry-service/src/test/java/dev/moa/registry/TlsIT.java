package dev.moa.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.sdk.MoaServer;
import dev.moa.testkit.redis.Certificates;
import dev.moa.testkit.redis.RedisProcess;
import io.netty.handler.ssl.SslContextBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A registry with the settings of docs/operations.md, and a service that registers there, all over TLS. */
class TlsIT {

    @Test
    void serviceIsRegisteredHeldAndProbedOverTls(@TempDir Path directory) throws Exception {
        Certificates certificates = Certificates.make(directory.resolve("tls"));
        List<String> settings = Files.readAllLines(Path.of("../docs/operations.md")).stream()
                .dropWhile(line -> !line.equals("## TLS"))
                .dropWhile(line -> !line.startsWith("```"))
                .skip(1)
                .takeWhile(line -> !line.startsWith("```"))
                .filter(line -> !line.startsWith("#"))
                .map(line -> "--"
                        + line.replaceAll(" +#.*", "")
                                .replace(
                                        "/etc/moa/tls.crt",
                                        certificates.certificate().toString())
                                .replace("/etc/moa/tls.key", certificates.key().toString())
                                .replace(
                                        "/etc/moa/ca.crt",
                                        certificates.certificate().toString()))
                .toList();
        try (RedisProcess redis = new RedisProcess(directory.resolve("redis")).start();
                RegistryApp app = new RegistryApp(redis.url(), settings.toArray(String[]::new));
                MoaServer server = MoaServer.builder()
                        .publish(
                                ServiceName.of("/service/encrypted"),
                                (request, call) -> CompletableFuture.completedFuture(
                                        CallResponse.success(request.id(), Payload.NULL)))
                        .registries(List.of(app.uri("").toString()))
                        .ssl(SslContextBuilder.forServer(
                                        certificates.certificate().toFile(),
                                        certificates.key().toFile())
                                .build())
                        .registrySsl(SslContextBuilder.forClient()
                                .trustManager(certificates.certificate().toFile())
                                .build())
                        .registrySslRequired(true)
                        .quietTime(Duration.ZERO)
                        .build()
                        .start()) {
            await().atMost(Duration.ofSeconds(15))
                    .untilAsserted(() -> assertThat(app.get("/v1/probes?service=/service/encrypted")
                                    .json()
                                    .toString())
                            .contains("moa PING is answered"));
            JsonNode instance = app.get("/v1/instances?service=/service/encrypted")
                    .json()
                    .get("instances")
                    .get(0);

            assertThat(server.registrations()).allMatch(each -> each.isRegistered());
            assertThat(instance.get("connected").booleanValue()).isTrue();
            assertThat(instance.get("protocols").toString()).contains("\"tls\"");
            assertThat(app.get("/v1/instances?service=/service/registry").json().toString())
                    .contains("\"tls\"");
        }
    }
}
