package dev.moa.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.moa.protocol.ServiceName;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class NameCacheTests {

    private final NameCache<ServiceName> names = new NameCache<>(ServiceName::of);

    @Test
    void nameThatCameBeforeIsTheSameObject() {
        ServiceName first = get("/service/user");

        assertThat(get("/service/user")).isSameAs(first);
    }

    @Test
    void manyNamesAreTakenForThemselves() {
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 10 * NameCache.SLOTS; i++) {
                String text = "/s" + "x".repeat(i % 20) + "/n" + i;

                assertThat(get(text).value()).isEqualTo(text);
            }
        }
    }

    @Test
    void whatIsNotANameIsRefusedEachTime() {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> get("user")).hasMessageContaining("service: 'user'");
        }
    }

    private ServiceName get(String text) {
        byte[] bytes = ("\"" + text + "\"").getBytes(StandardCharsets.UTF_8);
        return names.get(bytes, 1, bytes.length - 1);
    }
}
