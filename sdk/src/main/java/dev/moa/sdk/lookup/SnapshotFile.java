package dev.moa.sdk.lookup;

import dev.moa.protocol.ServiceName;
import dev.moa.sdk.codec.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectReader;

/** The last good answers on disk, as a JSON array; replaced as a whole, so a crash leaves the one or the other. */
final class SnapshotFile {

    private static final Logger log = LoggerFactory.getLogger(SnapshotFile.class);
    private static final ObjectReader READER = Json.MAPPER.readerForListOf(ServiceAnswer.class);

    private final Path file;
    private boolean failing;

    SnapshotFile(Path file) {
        this.file = file.toAbsolutePath();
    }

    void write(List<ServiceAnswer> answers) {
        try {
            Path folder = file.getParent();
            if (folder == null) {
                throw new IOException("it is no file");
            }
            if (!Files.isDirectory(folder)) {
                // not where it is a link: JDKs before 20 take that for a file in the way
                Files.createDirectories(folder);
            }
            // a name of its own: processes of one application may share the file
            Path next = Files.createTempFile(folder, "moa-services", ".next");
            try {
                Files.write(next, Json.MAPPER.writeValueAsBytes(answers));
                Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(next);
            }
            failing = false;
        } catch (IOException e) {
            if (!failing) {
                log.warn(
                        "{} cannot be written: {}; a restart while no router answers knows no services",
                        file,
                        e.toString());
            }
            failing = true;
        }
    }

    @Nullable
    ServiceAnswer read(ServiceName service) {
        if (!Files.isReadable(file)) {
            return null;
        }
        try {
            long ageMs =
                    System.currentTimeMillis() - Files.getLastModifiedTime(file).toMillis();
            List<ServiceAnswer> answers = READER.readValue(Files.readAllBytes(file));
            return answers.stream()
                    .filter(answer -> answer.service().equals(service))
                    .map(answer -> answer.from("snapshot", Math.max(0, ageMs)))
                    .findFirst()
                    .orElse(null);
        } catch (IOException | JacksonException e) {
            log.warn("{} cannot be read, it is passed over", file, e);
            return null;
        }
    }
}
