package dev.moa.registry.watch;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.Refusal;
import dev.moa.registry.catalog.Position;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * Where a watch may go on: service to position. Opaque to subscribers; inside it is one line per service, {@code name
 * epoch revision}, as base64url, and deflated where it is long.
 */
final class ResumeToken {
    // 500 services of 128 characters, with room; a token that unfolds to more is none of ours
    private static final int MAX_BYTES = 256 * 1024;
    // a token goes with every change: up to here deflating costs more than it saves
    private static final int SHORT = 1024;
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private ResumeToken() {}

    static String write(Map<ServiceName, Position> positions) {
        StringBuilder lines = new StringBuilder();
        positions.forEach((service, position) -> lines.append(service.value())
                .append(' ')
                .append(position.epoch())
                .append(' ')
                .append(position.revision())
                .append('\n'));
        if (lines.length() <= SHORT) {
            return BASE64.encodeToString(lines.toString().getBytes(StandardCharsets.UTF_8));
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(bytes)) {
            deflater.write(lines.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return BASE64.encodeToString(bytes.toByteArray());
    }

    // a service's name begins with a slash, which nothing deflated does
    private static byte[] unfolded(byte[] bytes) throws IOException {
        if (bytes.length > 0 && bytes[0] == '/') {
            return bytes;
        }
        try (InflaterInputStream inflater = new InflaterInputStream(new ByteArrayInputStream(bytes))) {
            return inflater.readNBytes(MAX_BYTES + 1);
        }
    }

    /** @throws Refusal if {@code token} was not written here */
    static Map<ServiceName, Position> read(String token) {
        Map<ServiceName, Position> positions = new LinkedHashMap<>();
        try {
            byte[] bytes = unfolded(Base64.getUrlDecoder().decode(token));
            if (bytes.length > MAX_BYTES) {
                throw new IllegalArgumentException("unfolds to too much");
            }
            new String(bytes, StandardCharsets.UTF_8).lines().forEach(line -> {
                String[] words = line.split(" ", -1);
                positions.put(ServiceName.of(words[0]), new Position(words[1], Long.parseLong(words[2])));
            });
            return positions;
        } catch (IOException | IllegalArgumentException | ArrayIndexOutOfBoundsException notOurs) {
            throw Refusal.invalid(
                    "since",
                    token,
                    "a token that an earlier watch was given",
                    "leave it out to begin with a snapshot of each service");
        }
    }
}
