package dev.moa.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Holds {@code docs/settings.md} to the settings that the modules really have. To write it anew:
 * {@code ./mvnw verify -pl examples -am -Dtest=SettingsReferenceTests -Dsurefire.failIfNoSpecifiedTests=false -Dmoa.docs.write=true}.
 */
class SettingsReferenceTests {

    private static final Path ROOT = Path.of("..");
    private static final Path PAGE = ROOT.resolve("docs/settings.md");
    private static final List<String> MODULES = List.of(
            "spring-boot-starter",
            "registry-service",
            "router-service",
            "parallel-proxy",
            "async-broker",
            "monitor-service",
            "gateway",
            "examples");

    @Test
    void pageSaysWhatTheModulesSay() throws IOException {
        String expected = page();

        if (Boolean.getBoolean("moa.docs.write")) {
            Files.writeString(PAGE, expected);
        }

        assertThat(Files.readString(PAGE))
                .as("docs/settings.md (how to write it anew: see this test)")
                .isEqualTo(expected);
    }

    private static String page() throws IOException {
        StringBuilder page = new StringBuilder("""
                # Settings

                Made from the code by the build; do not edit by hand. Each setting can be given in `application.yaml`, as a
                command-line argument `--name=value`, or as an environment variable (`moa.server.port` is `MOA_SERVER_PORT`).
                """);
        for (String module : MODULES) {
            Map<String, String> rows = rows(module);
            if (!rows.isEmpty()) {
                page.append("\n## ").append(module).append("\n\n| setting | default | what |\n|---|---|---|\n");
                rows.values().forEach(page::append);
            }
        }
        return page.toString();
    }

    private static Map<String, String> rows(String module) throws IOException {
        Path metadata = ROOT.resolve(module).resolve("target/classes/META-INF/spring-configuration-metadata.json");
        Map<String, String> rows = new TreeMap<>();
        if (Files.exists(metadata)) {
            for (JsonNode property :
                    JsonMapper.shared().readTree(Files.readString(metadata)).path("properties")) {
                String name = property.path("name").asString();
                String value = property.path("defaultValue").isMissingNode()
                        ? ""
                        : property.path("defaultValue").isArray()
                                ? property.path("defaultValue")
                                        .valueStream()
                                        .map(JsonNode::asString)
                                        .collect(Collectors.joining(","))
                                : property.path("defaultValue").asString();
                String what = property.path("description")
                        .asString("")
                        .replace("\n", " ")
                        .replace("|", "\\|");
                rows.put(name, "| `%s` | %s | %s |%n".formatted(name, value.isEmpty() ? "" : "`" + value + "`", what));
            }
        }
        return rows;
    }
}
