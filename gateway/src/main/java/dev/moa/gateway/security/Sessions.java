package dev.moa.gateway.security;

import dev.moa.protocol.Caller;
import dev.moa.spring.security.TokenBook;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Sign-ins at the console, kept by the browser alone: {@code <name>.<expiry>.<mac>}, where the mac is keyed with
 * the token that was shown. So a session does not hold the token, holds on every replica that accepts the token and
 * after a restart, and ends with the token.
 */
final class Sessions {

    private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();
    private static final int MOST = 512;

    private final TokenBook tokens;
    private final Duration time;
    private final Clock clock;

    Sessions(TokenBook tokens, Duration time, Clock clock) {
        this.tokens = tokens;
        this.time = time;
        this.clock = clock;
    }

    /** Returns the session of a caller that has just shown {@code secret}. */
    String open(Caller caller, String secret) {
        String claim = encoded(caller) + '.' + clock.instant().plus(time).getEpochSecond();
        return claim + '.' + mac(secret, claim);
    }

    /** Returns whose session this is; null if it is none, not ours any more, or over. */
    @Nullable
    Caller find(String session) {
        int middle = session.indexOf('.');
        int end = session.lastIndexOf('.');
        if (session.length() > MOST || middle < 0 || middle == end) {
            return null;
        }
        String name = session.substring(0, middle);
        String claim = session.substring(0, end);
        byte[] given = session.substring(end + 1).getBytes(StandardCharsets.UTF_8);
        for (Map.Entry<String, Caller> token : tokens.callers().entrySet()) {
            if (encoded(token.getValue()).equals(name)
                    && MessageDigest.isEqual(given, mac(token.getKey(), claim).getBytes(StandardCharsets.UTF_8))
                    && expiry(claim.substring(middle + 1)) > clock.instant().getEpochSecond()) {
                return token.getValue();
            }
        }
        return null;
    }

    private static String encoded(Caller caller) {
        return TEXT.encodeToString(caller.name().getBytes(StandardCharsets.UTF_8));
    }

    private static long expiry(String seconds) {
        try {
            return Long.parseLong(seconds);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static String mac(String secret, String claim) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            byte[] key = ("moa-console-session " + secret).getBytes(StandardCharsets.UTF_8);
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return TEXT.encodeToString(mac.doFinal(claim.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 is part of every Java", e);
        }
    }
}
