package dev.moa.router.haproxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.router.chain.Lookup;
import dev.moa.router.chain.Switches;
import dev.moa.router.operator.SharedHash;
import dev.moa.router.store.RedisLink;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class HaproxyDriverTests {
    private final AtomicReference<String> known = new AtomicReference<>("");
    private final SharedHash words = new SharedHash(
            new RedisLink(() -> {
                throw new IllegalStateException("no Redis here");
            }),
            "switches",
            "channel",
            "said",
            Switches::atMs,
            Clock.systemUTC());

    private InetAddress resolve(String host) throws UnknownHostException {
        if (known.get().isEmpty()) {
            throw new UnknownHostException(host);
        }
        return InetAddress.getByName(known.get());
    }

    @Test
    void aHostThatDoesNotResolveForAMomentIsWhereItWas() {
        HaproxyProperties none = new HaproxyProperties(
                List.of(), Map.of(), "", Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1));
        try (words;
                HaproxyDriver driver = new HaproxyDriver(
                        new Lookup(List.of(), new Switches(words), (source, finding) -> {}),
                        none,
                        Clock.systemUTC(),
                        this::resolve)) {
            assertThat(driver.address("pod-1.example.org")).isNull();
            known.set("10.0.0.1");
            assertThat(driver.address("pod-1.example.org")).isEqualTo("10.0.0.1");
            known.set("");
            assertThat(driver.address("pod-1.example.org")).isEqualTo("10.0.0.1");
            assertThat(driver.address("pod-2.example.org")).isNull();
            known.set("fd00::1");
            assertThat(driver.address("pod-1.example.org")).isEqualTo("[fd00:0:0:0:0:0:0:1]");
        }
    }
}
