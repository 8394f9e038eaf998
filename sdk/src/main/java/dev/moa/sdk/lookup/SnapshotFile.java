package dev.moa.sdk.lookup;

import dev.moa.protocol.ServiceName;
import dev.moa.sdk.codec.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectReader;

/**
 * The last good answers on disk, as a JSON array; replaced as a whole, so a crash leaves the one or the other.
 *
 * <p>An answer's {@code ageMs} in the file is its age when the file was written; how long ago that was tells the file's
 * time. So what a former run, or another process with the same file, knew and this one has not asked for keeps its age
 * from write to write: the youngest are kept, up to a week, {@value #MOST_FORMER} services and
 * {@value #MOST_FORMER_INSTANCES} instances.
 */
final class SnapshotFile {

    private static final Logger log = LoggerFactory.getLogger(SnapshotFile.class);
    private static final ObjectReader READER = Json.MAPPER.readerForListOf(ServiceAnswer.class);
    private static final long OLDEST_FORMER_MS = TimeUnit.DAYS.toMillis(7);
    private static final int MOST_FORMER = 1_000;
    private static final int MOST_FORMER_INSTANCES = 10_000;

    private final Path file;
    private boolean failing;

    SnapshotFile(Path file) {
        this.file = file.toAbsolutePath();
    }

    /** @param answers what this run watches, with its age now */
    void write(List<ServiceAnswer> answers) {
        try {
            List<ServiceAnswer> all = new ArrayList<>(answers);
            all.addAll(former(answers));
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
                Files.write(next, Json.MAPPER.writeValueAsBytes(all));
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

    /** Returns what the file has of services that are not among those of {@code now}, as far as it is kept. */
    private List<ServiceAnswer> former(List<ServiceAnswer> now) {
        Set<ServiceName> known = now.stream().map(ServiceAnswer::service).collect(Collectors.toSet());
        List<ServiceAnswer> kept = new ArrayList<>();
        int instances = 0;
        List<ServiceAnswer> youngestFirst = read().stream()
                .sorted(Comparator.comparingLong(ServiceAnswer::ageMs))
                .toList();
        for (ServiceAnswer answer : youngestFirst) {
            int more = answer.instances().size();
            if (answer.ageMs() <= OLDEST_FORMER_MS
                    && more > 0
                    && kept.size() < MOST_FORMER
                    && instances + more <= MOST_FORMER_INSTANCES
                    && known.add(answer.service())) {
                kept.add(answer);
                instances += more;
            }
        }
        return kept;
    }

    @Nullable
    ServiceAnswer read(ServiceName service) {
        return read().stream()
                .filter(answer -> answer.service().equals(service))
                .map(answer -> answer.from("snapshot", answer.ageMs()))
                .findFirst()
                .orElse(null);
    }

    /** Returns all that the file has, each with its age now. */
    private List<ServiceAnswer> read() {
        if (!Files.isReadable(file)) {
            return List.of();
        }
        try {
            long written = Files.getLastModifiedTime(file).toMillis();
            long sinceMs = Math.max(0, System.currentTimeMillis() - written);
            List<ServiceAnswer> answers = READER.readValue(Files.readAllBytes(file));
            return answers.stream()
                    .map(answer -> answer.from(answer.source(), Math.max(0, answer.ageMs()) + sinceMs))
                    .toList();
        } catch (IOException | JacksonException e) {
            log.warn("{} cannot be read, it is passed over", file, e);
            return List.of();
        }
    }
}
