package dev.moa.examples.demo;

import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The demo's traffic.
 *
 * @param callsPerSecond How many calls it starts each second, of all kinds together; 1 to 1,000.
 * @param instance The moa port of the helloworld service, for plain Redis clients.
 * @param proxy The moa port of the parallel proxy, for plain Redis clients.
 * @param proxyUrl The parallel proxy's REST face.
 * @param brokerUrl The broker's REST face.
 * @param gatewayUrl The gateway.
 */
@ConfigurationProperties("moa.examples.demo")
record DemoProperties(
        @DefaultValue("50") int callsPerSecond,
        @DefaultValue("redis://127.0.0.1:6390") URI instance,
        @DefaultValue("redis://127.0.0.1:6383") URI proxy,
        @DefaultValue("http://127.0.0.1:8083") URI proxyUrl,
        @DefaultValue("http://127.0.0.1:8084") URI brokerUrl,
        @DefaultValue("http://127.0.0.1:8080") URI gatewayUrl) {

    DemoProperties {
        if (callsPerSecond < 1 || callsPerSecond > 1_000) {
            throw new IllegalArgumentException(
                    "moa.examples.demo.calls-per-second: %d (expected: 1 to 1000)".formatted(callsPerSecond));
        }
    }
}
