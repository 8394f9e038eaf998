package dev.moa.sdk.codec;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SortedMap;

/** The number by which two ends find out whether they derived the same types from their interfaces. */
public final class TypesHash {

    private TypesHash() {}

    /**
     * Returns the first 64 bits of the SHA-256 of a kind of bodies and its types, never 0.
     *
     * @param kind names the kind and its version; another kind has other hashes
     * @param types what each type looks like, by its name
     */
    public static long of(String kind, SortedMap<String, String> types) {
        StringBuilder text = new StringBuilder(kind);
        types.forEach((name, what) -> text.append('\n').append(name).append(' ').append(what));
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8));
            long hash = Long.parseUnsignedLong(HexFormat.of().formatHex(digest, 0, Long.BYTES), 16);
            return hash == 0 ? 1 : hash;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
