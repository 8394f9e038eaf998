package dev.moa.router.dns;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Name servers to ask for services that no other source knows.
 *
 * @param servers addresses of name servers ({@code 10.0.0.2:53}); none switches the source off
 * @param domain what is put behind a name: {@code /service/feed/nearby} is asked for as {@code nearby.feed.service.<domain>}
 * @param port the port where a name has addresses (A, AAAA) and no SRV records; 0 means that only SRV counts
 * @param timeout how long one question is waited for
 */
@ConfigurationProperties("moa.router.dns")
public record DnsProperties(
        @DefaultValue List<String> servers,
        @DefaultValue("moa") String domain,
        @DefaultValue("0") int port,
        @DefaultValue("300ms") Duration timeout) {}
