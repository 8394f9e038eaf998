package dev.moa.gateway.security;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may reach the gateway from a browser.
 *
 * @param allowedOrigins Origins beside the gateway's own that may send requests, for example https://app.example.com.
 * @param allowedHosts Host names beside localhost and plain addresses under which the gateway answers while it asks for no token.
 * @param sessionTime How long a sign-in at the console lasts.
 * @param loginFailures How many wrong tokens one address may try in a minute.
 */
@ConfigurationProperties("moa.gateway.security")
public record EdgeSecurityProperties(
        @DefaultValue List<String> allowedOrigins,
        @DefaultValue List<String> allowedHosts,
        @DefaultValue("12h") Duration sessionTime,
        @DefaultValue("10") int loginFailures) {}
