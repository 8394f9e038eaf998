package dev.moa.spring;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How this process calls others.
 *
 * @param timeout How long a call may take where neither the caller nor the method says otherwise.
 */
@ConfigurationProperties("moa.client")
public record MoaClientProperties(@DefaultValue("1s") Duration timeout) {}
