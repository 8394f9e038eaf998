package dev.moa.monitor.registered;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.moa.monitor.MovedClock;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RegistryCountTests {
    private final MovedClock clock = new MovedClock(1_800_000_000_000L);
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private HttpServer registry;

    @BeforeEach
    void startRegistry() throws IOException {
        registry = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        registry.createContext("/v1/services", exchange -> {
            asked.add(exchange.getRequestHeaders().getFirst("Authorization") + " "
                    + exchange.getRequestURI().getQuery());
            String query = exchange.getRequestURI().getQuery();
            byte[] body = (query.contains("cursor=")
                            ? "{\"services\":[{\"service\":\"/service/b\",\"instances\":2}],\"next\":null}"
                            : "{\"services\":[{\"service\":\"/service/a\",\"instances\":3}],\"next\":\"/service/a\"}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        registry.start();
    }

    @AfterEach
    void stopRegistry() {
        registry.stop(0);
    }

    @Test
    void instancesOfAllPagesAreCountedAndForgottenAfterAMinute() {
        String url = "http://127.0.0.1:" + registry.getAddress().getPort();
        try (RegistryCount count = new RegistryCount(List.of("http://127.0.0.1:1", url), "secret", null, clock)) {
            count.start();

            await().until(() -> count.registered(null) != null);

            assertThat(count.registered(null)).isEqualTo(5);
            assertThat(count.registered("/service/b")).isEqualTo(2);
            assertThat(count.registered("/service/c")).isZero();
            assertThat(asked).containsExactly("Bearer secret limit=200", "Bearer secret limit=200&cursor=/service/a");
            clock.millis += 61_000;
            assertThat(count.registered(null)).isNull();
        }
    }

    @Test
    void withoutARegistryItIsNotKnown() {
        try (RegistryCount count = new RegistryCount(List.of(), null, null, clock)) {
            count.start();

            assertThat(count.registered(null)).isNull();
        }
    }
}
