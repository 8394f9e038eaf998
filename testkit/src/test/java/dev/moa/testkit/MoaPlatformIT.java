package dev.moa.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.ServiceName;
import dev.moa.sdk.MoaClient;
import dev.moa.sdk.MoaServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the README of this module promises, on a registry and a router of its own. */
@MoaPlatform(
        apps = {"registry", "router"},
        hasKafka = false,
        isShared = false)
class MoaPlatformIT {
    private static final ServiceName GREETER = ServiceName.of("/service/testkit/greeter");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Published below. */
    public interface Greeter {
        String hello(String name);
    }

    @Test
    void aPublishedServiceIsFoundAndCalled(RunningMoa moa) {
        try (MoaServer server = moa.server("greeter")
                        .publish(GREETER, Greeter.class, name -> "hello " + name)
                        .build()
                        .start();
                MoaClient client = moa.client("test").build()) {
            assertThat(server.port()).isPositive();

            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(
                                    client.proxy(GREETER, Greeter.class).hello("world"))
                            .isEqualTo("hello world"));
        }
    }

    @Test
    void aKilledPartComesBack(RunningMoa moa) {
        long before = moa.platform().state("router").pid();

        moa.killAndAwait("router", PATIENCE);

        assertThat(moa.platform().state("router").pid()).isNotEqualTo(before);
    }

    @Test
    void aStoppedPartStaysStoppedUntilItIsStarted(RunningMoa moa) {
        moa.stop("registry");
        assertThat(moa.platform().state("registry").pid()).isZero();

        moa.start("registry", PATIENCE);

        moa.awaitHealthy(PATIENCE);
    }
}
