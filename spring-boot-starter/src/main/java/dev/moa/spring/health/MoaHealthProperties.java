package dev.moa.spring.health;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What counts as healthy.
 *
 * @param requireRegistered Whether the process is out of service while one of its services is not registered; by default only the details say so, since calls go on without the registry.
 */
@ConfigurationProperties("moa.health")
public record MoaHealthProperties(@DefaultValue("false") boolean requireRegistered) {}
