package dev.moa.dev.stub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.moa.protocol.ServiceName;
import dev.moa.sdk.codec.ServiceInterface;
import dev.moa.sdk.describe.ServiceDocuments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class StubsTests {

    static final Path STUBS = Path.of("src/test/stubs");

    /** {@code -Dmoa.golden.write=true} writes the committed ones anew. */
    @ParameterizedTest
    @CsvSource({"PHP, OrdersClient.php", "PYTHON, OrdersClient.py", "TYPESCRIPT, OrdersClient.ts"})
    void stubIsTheCommittedOne(StubLanguage language, String file) throws IOException {
        String text = Stubs.write(document(), language);

        if (Boolean.getBoolean("moa.golden.write")) {
            Files.writeString(STUBS.resolve(file), text);
        }

        assertThat(text).isEqualTo(Files.readString(STUBS.resolve(file)));
    }

    @Test
    void namesOfADocumentCannotBecomeCode() {
        ObjectNode document = document();
        ((ObjectNode) document.path("components").path("schemas"))
                .putObject("Evil {} system('id'); //")
                .put("type", "object");

        assertThatThrownBy(() -> Stubs.write(document, StubLanguage.PHP))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Evil");
    }

    @Test
    void documentOfSomethingElseIsRefused() {
        JsonNode other = JsonMapper.shared().readTree("{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"other\"}}");

        assertThatThrownBy(() -> Stubs.write(other, StubLanguage.PYTHON))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("x-moa-service");
    }

    @Test
    void languageIsFoundByItsName() {
        assertThat(StubLanguage.of("typescript")).isEqualTo(StubLanguage.TYPESCRIPT);
        assertThatThrownBy(() -> StubLanguage.of("cobol")).hasMessageContaining("php, python or typescript");
    }

    private static ObjectNode document() {
        ServiceDocuments documents =
                new ServiceDocuments(ServiceName.of("/service/orders"), ServiceInterface.of(Orders.class));
        return (ObjectNode) JsonMapper.shared()
                .readTree(documents.document(ServiceDocuments.OPEN_API).text());
    }
}
