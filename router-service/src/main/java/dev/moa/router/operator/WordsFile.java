package dev.moa.router.operator;

import dev.moa.router.snapshot.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Operators' words on disk, so that a router that is restarted while Redis is away still heeds them. One that cannot be
 * read is put aside as {@code .bad}. Of one thread.
 */
final class WordsFile {
    private static final Logger log = LoggerFactory.getLogger(WordsFile.class);
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final TypeReference<TreeMap<String, String>> WORDS = new TypeReference<>() {};

    private final Path file;
    private final long mostBytes;

    WordsFile(Path file, long mostBytes) {
        this.file = file;
        this.mostBytes = mostBytes;
    }

    /** Returns the words by their fields, as JSON; none where there is no file or it cannot be read. */
    Map<String, String> read() {
        try {
            if (!Files.exists(file)) {
                return Map.of();
            }
            if (Files.size(file) > mostBytes) {
                throw new IOException("size: %d bytes (expected: at most %d)".formatted(Files.size(file), mostBytes));
            }
            return MAPPER.readValue(Files.readAllBytes(file), WORDS);
        } catch (IOException | RuntimeException e) {
            log.warn("{} cannot be read and is put aside: {}", file, e.toString());
            try {
                Files.move(file, file.resolveSibling(file.getFileName() + ".bad"), StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException moving) {
                log.warn("{} cannot be put aside: {}", file, moving.toString());
            }
            return Map.of();
        }
    }

    void write(Map<String, String> words) {
        try {
            byte[] json = MAPPER.writeValueAsBytes(words);
            if (json.length > mostBytes) {
                throw new IOException("size: %d bytes (expected: at most %d)".formatted(json.length, mostBytes));
            }
            WholeFile.replace(file, json);
        } catch (IOException | RuntimeException e) {
            // they hold all the same, and Redis has them or will; the next word tries again
            log.warn("{} cannot be written: {}; a restart without Redis forgets what it lacks", file, e.toString());
        }
    }
}
