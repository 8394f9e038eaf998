package dev.moa.protocol.server;

import dev.moa.protocol.Caller;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Callers by secret. Digests of equal length are compared, all of them each time, so the time says nothing of
 * how much of a secret was right, which one, or how long it is.
 */
final class TokenAuthenticator implements Authenticator {

    private record Known(byte[] digest, Caller caller) {}

    private final List<Known> known = new ArrayList<>();

    TokenAuthenticator(Map<String, Caller> callers) {
        callers.forEach((secret, caller) -> known.add(new Known(digest(secret), caller)));
    }

    @Override
    public boolean isRequired() {
        return true;
    }

    @Override
    public @Nullable Caller authenticate(@Nullable String user, String secret) {
        byte[] shown = digest(secret);
        Caller found = null;
        for (Known each : known) {
            if (MessageDigest.isEqual(each.digest, shown)) {
                found = each.caller;
            }
        }
        return found;
    }

    private static byte[] digest(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
