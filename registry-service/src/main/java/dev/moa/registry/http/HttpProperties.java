package dev.moa.registry.http;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Bounds of the REST edge.
 *
 * @param maxBody the largest body of a request
 */
@ConfigurationProperties("moa.registry.http")
record HttpProperties(@DefaultValue("256KB") DataSize maxBody) {}
