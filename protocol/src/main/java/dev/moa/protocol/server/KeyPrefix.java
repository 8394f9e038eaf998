package dev.moa.protocol.server;

import dev.moa.protocol.CallResponse;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.StatusCode;
import java.nio.charset.StandardCharsets;

/** What a client library has put in front of the request object, as it does with keys; it is named in the error. */
final class KeyPrefix {

    private static final int MAX_LENGTH = 128;

    private KeyPrefix() {}

    /** Returns the refusal of a key that was read as a request and is none. */
    static CallResponse refusal(byte[] key, MoaException fault) {
        int end = Math.min(key.length, MAX_LENGTH);
        int at = 0;
        while (at < end && key[at] != '{') {
            at++;
        }
        if (at == 0 || at == end || key.length - at < 2 || !opensObject(key, at)) {
            return fault.toResponse(null);
        }
        String prefix = new String(key, 0, at, StandardCharsets.UTF_8);
        return CallResponse.failure(
                null,
                StatusCode.INVALID_ARGUMENT,
                "'%s' stands before the request object, as a key prefix of the Redis client puts it there (expected:"
                                .formatted(prefix.strip())
                        + " no prefix; set none, such as OPT_PREFIX of phpredis or keyPrefix of ioredis, on the"
                        + " connection that calls)");
    }

    /** Returns whether an object with a field begins there. */
    private static boolean opensObject(byte[] key, int brace) {
        int at = brace + 1;
        while (at < key.length && key[at] <= ' ' && key[at] >= 0) {
            at++;
        }
        return at < key.length && key[at] == '"';
    }
}
