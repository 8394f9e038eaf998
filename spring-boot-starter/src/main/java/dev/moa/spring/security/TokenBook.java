package dev.moa.spring.security;

import dev.moa.protocol.Caller;
import dev.moa.protocol.ServiceName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that this process accepts, and its own. Immutable; secrets are read once, never logged.
 *
 * <p>A secret shorter than {@value #MIN_SECRET} characters or one that everybody knows stops the process at
 * start, naming the setting.
 */
public final class TokenBook {

    /** The shortest secret, in characters. */
    public static final int MIN_SECRET = 16;

    // the last two were other registries' defaults: they are in every list of those who try
    private static final Set<String> KNOWN = Set.of(
            "changemechangeme",
            "passwordpassword",
            "secretsecretsecret",
            "0123456789abcdef",
            "1234567890123456",
            "secretkey012345678901234567890123456789012345678901234567890123456789",
            "vgltywl0zwfydgghyxrpc2fzywltcgxlc2vjcmv0");

    private final Map<String, Caller> callers;
    private final @Nullable String own;

    private TokenBook(Map<String, Caller> callers, @Nullable String own) {
        this.callers = callers;
        this.own = own;
    }

    /**
     * Reads the tokens that the settings name.
     *
     * @throws InsecureSettingException if one is missing, weak or given twice
     */
    public static TokenBook read(MoaSecurityProperties settings) {
        Map<String, Caller> callers = new LinkedHashMap<>();
        settings.tokens().forEach((name, token) -> {
            String setting = "moa.security.tokens." + name;
            String secret = secret(setting + ".secret", token.secret(), token.secretFile());
            if (secret == null) {
                throw new InsecureSettingException(setting + ": no secret", setting + ".secret-file");
            }
            Set<ServiceName> services =
                    token.services().stream().map(ServiceName::of).collect(Collectors.toUnmodifiableSet());
            if (callers.put(checked(setting, secret), new Caller(name, token.role(), services)) != null) {
                throw new InsecureSettingException(setting + ": has the secret of another token", "one each");
            }
        });
        return new TokenBook(callers, secret("moa.security.token", settings.token(), settings.tokenFile()));
    }

    /** Returns whether callers must show a token. */
    public boolean isRequired() {
        return !callers.isEmpty();
    }

    /** Returns accepted secrets and whom each proves; for the authenticator of the moa port. */
    public Map<String, Caller> callers() {
        return callers;
    }

    /** Returns who shows {@code secret}, or null if nobody may. Takes the same time for every wrong secret. */
    public @Nullable Caller find(String secret) {
        byte[] given = secret.getBytes(StandardCharsets.UTF_8);
        Caller found = null;
        for (Map.Entry<String, Caller> entry : callers.entrySet()) {
            if (MessageDigest.isEqual(given, entry.getKey().getBytes(StandardCharsets.UTF_8))) {
                found = entry.getValue();
            }
        }
        return found;
    }

    /** Returns the token that this process shows to others; null where it has none. */
    public @Nullable String own() {
        return own;
    }

    private static @Nullable String secret(String setting, @Nullable String value, @Nullable Path file) {
        if (value != null && file != null) {
            throw new InsecureSettingException(setting + ": given twice", "the value or the file");
        }
        if (file == null) {
            return value;
        }
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(setting + "-file: cannot read " + file, e);
        }
    }

    private static String checked(String setting, String secret) {
        if (secret.length() < MIN_SECRET) {
            throw new InsecureSettingException(
                    "%s: secret of %d characters".formatted(setting, secret.length()),
                    "at least %d, for example from: openssl rand -hex 32".formatted(MIN_SECRET));
        }
        if (KNOWN.contains(secret.toLowerCase(Locale.ROOT))
                || secret.chars().distinct().count() < 6) {
            throw new InsecureSettingException(
                    setting + ": a secret that everybody knows", "random, for example from: openssl rand -hex 32");
        }
        return secret;
    }
}
