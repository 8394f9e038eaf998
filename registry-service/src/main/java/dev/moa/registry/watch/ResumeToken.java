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
 * epoch revision}, deflated, as base64url.
 */
final class ResumeToken {
    // 500 services of 128 characters, with room; a token that unfolds to more is none of ours
    private static final int MAX_BYTES = 256 * 1024;

    private ResumeToken() {}

    static String write(Map<ServiceName, Position> positions) {
        StringBuilder lines = new StringBuilder();
        positions.forEach((service, position) -> lines.append(service.value())
                .append(' ')
                .append(position.epoch())
                .append(' ')
                .append(position.revision())
                .append('\n'));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(bytes)) {
            deflater.write(lines.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
    }

    /** @throws Refusal if {@code token} was not written here */
    static Map<ServiceName, Position> read(String token) {
        Map<ServiceName, Position> positions = new LinkedHashMap<>();
        try (InflaterInputStream inflater = new InflaterInputStream(
                new ByteArrayInputStream(Base64.getUrlDecoder().decode(token)))) {
            byte[] bytes = inflater.readNBytes(MAX_BYTES + 1);
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
