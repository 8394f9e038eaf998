package dev.moa.dev.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFilesTests {
    @TempDir
    Path directory;

    @Test
    void aLogThatGrewTooLongIsCutInPlaceAndAnAppendingWriterGoesOn() throws IOException {
        Path log = directory.resolve("app.log");
        try (var writer = Files.newOutputStream(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            writer.write(new byte[9 * 1024 * 1024]);

            LogFiles.rotate(log);
            writer.write("after\n".getBytes(StandardCharsets.UTF_8));
        }

        assertThat(log).hasContent("after");
        assertThat(directory.resolve("app.log.1")).hasSize(9 * 1024 * 1024);
    }

    @Test
    void onlyTwoOlderPiecesAreKept() throws IOException {
        Path log = directory.resolve("app.log");
        for (int round = 0; round < 5; round++) {
            Files.write(log, new byte[9 * 1024 * 1024]);
            LogFiles.rotate(log);
        }

        try (var files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("app.log", "app.log.1", "app.log.2");
        }
    }

    @Test
    void theTailOfALogIsItsLastLines() throws IOException {
        Path log = Files.writeString(directory.resolve("app.log"), "a\nb\nc\n");

        assertThat(LogFiles.tail(log, 2)).containsExactly("b", "c");
        assertThat(LogFiles.tail(directory.resolve("none.log"), 2)).isEmpty();
    }
}
