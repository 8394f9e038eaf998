package dev.moa.spring.security;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** The rule that nothing without credentials is bound beyond loopback. */
public final class BindGuard {

    private BindGuard() {}

    /**
     * Refuses an open port.
     *
     * @param setting the setting that names the address, for the message
     * @param host the address to bind; null means all
     * @throws InsecureSettingException if {@code host} is not loopback and no token is asked for
     */
    public static void check(String setting, @Nullable String host, TokenBook tokens) {
        if (!tokens.isRequired() && !isLoopback(host)) {
            throw new InsecureSettingException(
                    "%s: %s is reachable by others and no token is set"
                            .formatted(setting, host == null ? "all addresses" : host),
                    "127.0.0.1, or a token by moa.security.tokens.<name>.secret-file");
        }
    }

    /** Returns whether only this machine reaches {@code host}; null means all addresses. */
    public static boolean isLoopback(@Nullable String host) {
        try {
            return host != null && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
