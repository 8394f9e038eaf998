package dev.moa.gateway.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.moa.protocol.MoaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallPathTests {

    @Test
    void theLastSegmentIsTheMethod() {
        CallPath path = CallPath.parse("/api/service/feed/nearby/find");

        assertThat(path.service().value()).isEqualTo("/service/feed/nearby");
        assertThat(path.method()).isEqualTo("find");
    }

    @Test
    void builtInMethodsMayBeEncoded() {
        assertThat(CallPath.parse("/api/service/user/%24ping").method()).isEqualTo("$ping");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api",
                "/api/",
                "/api/hello",
                "/api/Service/hello",
                "/api//hello",
                "/api/service/user/",
                "/api/a/b%2Fc"
            })
    void whatNamesNoServiceOrMethodIsRefusedWithWhatWasExpected(String path) {
        assertThatThrownBy(() -> CallPath.parse(path))
                .isInstanceOf(MoaException.class)
                .hasMessageContaining("expected");
    }
}
