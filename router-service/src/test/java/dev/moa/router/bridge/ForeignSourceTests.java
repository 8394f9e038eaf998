package dev.moa.router.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ForeignSourceTests {

    @Test
    void theDocumentShowsIt() throws IOException {
        String source = Files.readString(Path.of("src/test/java/dev/moa/router/bridge/ForeignSource.java"));

        assertThat(Files.readString(Path.of("../docs/routing.md")))
                .contains(source.substring(source.indexOf("/** What a foreign registry names")));
    }
}
