package dev.moa.spring.security;

import dev.moa.protocol.Caller;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Tokens that this process accepts, and the one that it shows to others.
 *
 * @param token The token that this process shows to the registry, the routers and the services that it calls.
 * @param tokens Accepted tokens by name. None means: no credentials are asked for, and only loopback may be bound.
 * @param tokenFile A file that holds that token; read once at start.
 * @param protectHttp Whether the REST face of this process asks for a token too; the platform's own apps say true.
 * @param operatorPaths Ant patterns of REST paths whose writes need the role operator.
 * @param readPaths Ant patterns of REST paths whose POST is a read, of more than fits in an address.
 */
@ConfigurationProperties("moa.security")
public record MoaSecurityProperties(
        @DefaultValue Map<String, Token> tokens,
        @Nullable String token,
        @Nullable Path tokenFile,
        @DefaultValue("false") boolean protectHttp,
        @DefaultValue List<String> operatorPaths,
        @DefaultValue List<String> readPaths) {

    /**
     * A token that is accepted.
     *
     * @param secret The secret itself; at least 16 characters. Prefer secret-file.
     * @param secretFile A file that holds the secret; read once at start.
     * @param role What the token may do.
     * @param services For the role service: the services it may register and act for; empty means all.
     */
    public record Token(
            @Nullable String secret,
            @Nullable Path secretFile,
            @DefaultValue("service") Caller.Role role,
            @DefaultValue Set<String> services) {}

    @Override
    public String toString() {
        return "MoaSecurityProperties[tokens=" + tokens.keySet() + ", protectHttp=" + protectHttp + "]";
    }
}
