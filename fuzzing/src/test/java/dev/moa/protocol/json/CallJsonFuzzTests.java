package dev.moa.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.StatusCode;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whatever is taken for a request or a response is one to Jackson too, and stays the same written and read again. */
class CallJsonFuzzTests {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    @FuzzTest
    void request(byte[] input) {
        CallRequest request;
        try {
            request = CallJson.readRequest(input);
        } catch (MoaException e) {
            assertThat(e.code()).isEqualTo(StatusCode.INVALID_ARGUMENT);
            return;
        }

        JsonNode json = tree(input);
        if (json == null) {
            return;
        }
        assertThat(json.get("service").asString()).isEqualTo(request.service().value());
        assertThat(json.get("method").asString()).isEqualTo(request.method());
        assertThat(MAPPER.readTree(request.args().text()))
                .isEqualTo(json.has("args") ? json.get("args") : MAPPER.createArrayNode());
        // once written, text that no UTF-8 can hold (half a surrogate pair) has become a question mark
        CallRequest again = CallJson.readRequest(CallJson.writeRequest(request));
        assertThat(CallJson.readRequest(CallJson.writeRequest(again))).isEqualTo(again);
    }

    @FuzzTest
    void response(byte[] input) {
        CallResponse response;
        try {
            response = CallJson.readResponse(input);
        } catch (MoaException e) {
            assertThat(e.code()).isNotEqualTo(StatusCode.OK);
            return;
        }

        JsonNode json = tree(input);
        if (json == null) {
            return;
        }
        if (response.code() != StatusCode.UNKNOWN) {
            assertThat(json.get("code").asInt()).isEqualTo(response.code().number());
        }
        byte[] written = CallJson.writeResponse(response);
        assertThat(CallJson.writeResponse(CallJson.readResponse(written))).isEqualTo(written);
    }

    /** Null where a name holds half a surrogate pair: Jackson refuses that, and RFC 8259 (8.2) leaves it open. */
    private static @Nullable JsonNode tree(byte[] input) {
        try {
            return MAPPER.readTree(input);
        } catch (StreamReadException e) {
            assertThat(e).hasMessageContainingAll("surrogate", "in property name");
            return null;
        }
    }
}
