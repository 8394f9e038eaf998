package dev.moa.spring.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.protocol.CallContext;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.sdk.ClientInterceptor;
import dev.moa.sdk.MoaClient;
import dev.moa.sdk.context.CallScope;
import dev.moa.sdk.lookup.StaticDirectory;
import dev.moa.spring.MoaService;
import dev.moa.spring.PublishedServer;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Who decides whether a trace is sampled: the application's sampler where it begins, then everybody keeps to it. */
class SamplerTests {

    private static final ServiceName FLAGS = ServiceName.of("/service/flags");
    private static final CallRequest ASK = CallRequest.of(FLAGS, "flags", Payload.NO_ARGUMENTS);
    private static final String PLACE = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-";

    interface Flags {
        String flags();
    }

    @MoaService("/service/flags")
    static class SeenFlags implements Flags {
        @Override
        public String flags() {
            String flags = Objects.requireNonNull(CallScope.current()).trace().flags();
            // the bit beside it says that the trace id is random
            return (Integer.parseInt(flags, 16) & 1) == 1 ? "01" : "00";
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class App {
        @Bean
        Sampler sampler(Environment environment) {
            return Sampler.parentBased(
                    environment.getRequiredProperty("samples", Boolean.class)
                            ? Sampler.alwaysOn()
                            : Sampler.alwaysOff());
        }

        @Bean
        StaticDirectory directory() {
            return new StaticDirectory();
        }

        @Bean
        MoaClient client(StaticDirectory directory, ObjectProvider<ClientInterceptor> interceptors) {
            // its own share counts only where nobody traces
            MoaClient.Builder builder = MoaClient.builder().directory(directory).traceRatio(0.5);
            interceptors.orderedStream().forEach(builder::interceptor);
            return builder.build();
        }
    }

    @ParameterizedTest
    @CsvSource({"true, 01", "false, 00"})
    void samplerOfTheApplicationDecidesWhereTheTraceBegins(boolean samples, String flags) {
        try (ConfigurableApplicationContext application = start(samples)) {
            MoaClient client = application.getBean(MoaClient.class);

            for (int i = 0; i < 10; i++) {
                assertThat(client.call(ASK).join().result()).isEqualTo(Payload.json('"' + flags + '"'));
            }
            // a caller who has decided is followed
            for (String decided : new String[] {"00", "01"}) {
                CallContext given = CallContext.EMPTY.withTrace(PLACE + decided, "0");
                assertThat(client.call(ASK.withCtx(given)).join().result())
                        .isEqualTo(Payload.json('"' + decided + '"'));
            }
        }
    }

    private static ConfigurableApplicationContext start(boolean samples) {
        ConfigurableApplicationContext application = new SpringApplicationBuilder(App.class, SeenFlags.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "spring.application.name=flags",
                        "samples=" + samples,
                        "moa.registry.urls=",
                        "management.logging.export.otlp.enabled=false",
                        "management.otlp.metrics.export.enabled=false")
                .run();
        int port = Objects.requireNonNull(
                        application.getBean(PublishedServer.class).server())
                .port();
        application.getBean(StaticDirectory.class).put(FLAGS, "127.0.0.1", port);
        return application;
    }
}
