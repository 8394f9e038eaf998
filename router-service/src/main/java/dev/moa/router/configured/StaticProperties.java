package dev.moa.router.configured;

import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Addresses of last resort, from the router's own settings.
 *
 * @param services addresses ({@code host:port}) by service name; in YAML and properties the name stands in brackets: {@code moa.router.static.services.[/service/user]}
 */
@ConfigurationProperties("moa.router.static")
public record StaticProperties(@DefaultValue Map<String, List<String>> services) {}
