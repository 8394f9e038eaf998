package dev.moa.gateway.console;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The console's way to the platform's apps.
 *
 * @param responseTimeout How long an app may take to begin its answer, or to go on with it.
 */
@ConfigurationProperties("moa.gateway.console")
public record ConsoleProperties(@DefaultValue("35s") Duration responseTimeout) {}
