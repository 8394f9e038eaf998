package dev.moa.spring.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.CallContext;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.sdk.ClientInterceptor;
import dev.moa.sdk.MoaClient;
import dev.moa.sdk.context.CallScope;
import dev.moa.sdk.lookup.StaticDirectory;
import dev.moa.sdk.stats.Statistics;
import dev.moa.spring.MoaReference;
import dev.moa.spring.MoaService;
import dev.moa.spring.PublishedServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micrometer.tracing.Tracer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Spans and meters of a real application that calls itself, sent to an OTLP receiver. */
class MoaObservationTests {

    private static final ServiceName FRONT = ServiceName.of("/service/front");
    private static final ServiceName BACK = ServiceName.of("/service/back");
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String OTHER_TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "00f067aa0ba902b7";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    interface Front {
        Map<String, String> ask(String name);
    }

    interface Back {
        String path();
    }

    private static OtlpReceiver receiver;
    private static ConfigurableApplicationContext application;

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class App {

        @Bean
        StaticDirectory directory() {
            return new StaticDirectory();
        }

        @Bean
        MoaClient client(
                StaticDirectory directory, Statistics statistics, ObjectProvider<ClientInterceptor> interceptors) {
            // the first calls load classes, which may take longer than the second that calls have by default
            MoaClient.Builder builder = MoaClient.builder()
                    .directory(directory)
                    .statistics(statistics)
                    .timeout(PATIENCE);
            interceptors.orderedStream().forEach(builder::interceptor);
            return builder.build();
        }

        @MoaService("/service/front")
        static class NestedFront implements Front {
            private final Back back;
            private final Tracer tracer;

            NestedFront(@MoaReference("/service/back") Back back, Tracer tracer) {
                this.back = back;
                this.tracer = tracer;
            }

            @Override
            public Map<String, String> ask(String name) {
                String span =
                        Objects.requireNonNull(tracer.currentSpan()).context().spanId();
                return Map.of("span", span, "backPath", back.path());
            }
        }

        @MoaService("/service/back")
        static class PathBack implements Back {
            @Override
            public String path() {
                return Objects.requireNonNull(CallScope.current()).path();
            }
        }
    }

    @BeforeAll
    static void start() throws IOException {
        receiver = new OtlpReceiver();
        application = new SpringApplicationBuilder(App.class, App.NestedFront.class, App.PathBack.class)
                .web(WebApplicationType.NONE)
                .properties(documented()
                        .replace("http://127.0.0.1:4318/v1/traces", receiver.endpoint())
                        .split("\n"))
                .properties(
                        "spring.application.name=shop",
                        "moa.registry.urls=",
                        "moa.statistics.interval=200ms",
                        "management.opentelemetry.tracing.export.schedule-delay=50ms",
                        "management.logging.export.otlp.enabled=false",
                        "management.otlp.metrics.export.enabled=false")
                .run();
        for (ServiceName service : List.of(FRONT, BACK)) {
            application.getBean(StaticDirectory.class).put(service, "127.0.0.1", port());
        }
    }

    /** The settings that docs/observability.md tells a user to make. */
    private static String documented() throws IOException {
        String page = Files.readString(Path.of("../docs/observability.md"));
        Matcher block =
                Pattern.compile("```properties\n(.*?)\n```", Pattern.DOTALL).matcher(page);
        assertThat(block.find()).isTrue();
        return block.group(1);
    }

    @AfterAll
    static void stop() {
        application.close();
        receiver.close();
    }

    @Test
    void traceOfAnHttpCallerGoesOnThroughEveryHopAndIsExported() throws Exception {
        String reply = post("/service/front/ask", "[\"ada\"]");

        Map<String, OtlpReceiver.Span> spans = spans(3);
        OtlpReceiver.Span client = spans.get("client");
        assertThat(spans.get("front").parentId()).isEqualTo(PARENT);
        assertThat(client.parentId()).isEqualTo(spans.get("front").spanId());
        assertThat(spans.get("back").parentId()).isEqualTo(client.spanId());
        // the thread that serves is within the span, and the readable path is still moa's own
        assertThat(reply).contains("\"span\":\"" + spans.get("front").spanId() + '"', "\"backPath\":\"0.1\"");
    }

    @Test
    void placeInATraceThatACallerGivesByHandIsTheParent() {
        CallRequest request = CallRequest.of(BACK, "path", Payload.NO_ARGUMENTS)
                .withCtx(CallContext.EMPTY.withTrace("00-" + OTHER_TRACE + "-" + PARENT + "-01", "0.7"));

        CallResponse response =
                application.getBean(MoaClient.class).call(request).join();

        assertThat(response.result()).isEqualTo(Payload.json("\"0.7\""));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(receiver.spans(OTHER_TRACE)).hasSize(2));
    }

    @Test
    void timersHaveBoundedTags() {
        MoaClient client = application.getBean(MoaClient.class);
        CallResponse known =
                client.call(CallRequest.of(BACK, "path", Payload.NO_ARGUMENTS)).join();
        assertThat(known.isOk()).as("%s", known).isTrue();

        CallResponse unknown = client.call(CallRequest.of(BACK, "madeUp", Payload.NO_ARGUMENTS))
                .join();

        MeterRegistry meters = application.getBean(MeterRegistry.class);
        assertThat(unknown.code()).isEqualTo(StatusCode.UNIMPLEMENTED);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(meters.find("moa.server.calls")
                                .tag("method", "(unknown)")
                                .timer())
                        .isNotNull()
                        .extracting(Timer::count)
                        .isEqualTo(1L));
        assertThat(meters.get("moa.server.calls")
                        .tags("service", "/service/back", "method", "path", "code", "OK")
                        .timer()
                        .count())
                .isPositive();
        assertThat(meters.get("moa.client.calls").tag("code", "OK").timer().count())
                .isPositive();
        assertThat(meters.find("moa.server.calls").tag("method", "madeUp").timer())
                .isNull();
    }

    @Test
    void prometheusShowsQuantilesAndCallsInFlightOfEachMethod() {
        CallResponse response = application
                .getBean(MoaClient.class)
                .call(CallRequest.of(BACK, "path", Payload.NO_ARGUMENTS))
                .join();
        assertThat(response.isOk()).as("%s", response).isTrue();

        PrometheusMeterRegistry prometheus = application.getBean(PrometheusMeterRegistry.class);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(prometheus.scrape())
                        .containsPattern(
                                "moa_methods_calls_total\\{method=\"path\",service=\"/service/back\",side=\"server\"} [1-9]")
                        .contains(
                                "moa_methods_in_flight{method=\"path\",service=\"/service/back\",side=\"server\"} 0.0")
                        .contains("moa_methods_latency_seconds{method=\"path\",quantile=\"0.99\""));
    }

    private Map<String, OtlpReceiver.Span> spans(int count) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(receiver.spans(TRACE)).hasSize(count));
        List<OtlpReceiver.Span> all = receiver.spans(TRACE);
        // the client's half and the server's half of the call to /service/back have one name
        OtlpReceiver.Span front = all.stream()
                .filter(each -> each.name().equals("/service/front ask")
                        || each.parentId().equals(PARENT))
                .findFirst()
                .orElseThrow();
        return all.stream()
                .collect(Collectors.toMap(
                        each -> each == front ? "front" : each.parentId().equals(front.spanId()) ? "client" : "back",
                        each -> each));
    }

    private String post(String path, String body) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                                .header("Content-Type", "application/json")
                                .header("traceparent", "00-" + TRACE + "-" + PARENT + "-01")
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    private static int port() {
        return Objects.requireNonNull(application.getBean(PublishedServer.class).server())
                .port();
    }
}
