package dev.moa.async.deliver;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Tasks that go to HTTP endpoints.
 *
 * @param allow ranges of addresses (CIDR) that tasks may reach beside the public ones, for example 10.1.0.0/16
 * @param connectTimeout how long a connection may take to be made
 * @param maxResponse bytes of an answer that are read; the rest is not
 * @param maxConnections connections to one endpoint
 */
@ConfigurationProperties("moa.async.http")
public record HttpDeliveryProperties(
        @DefaultValue List<String> allow,
        @DefaultValue("2s") Duration connectTimeout,
        @DefaultValue("4KB") DataSize maxResponse,
        @DefaultValue("128") int maxConnections) {}
