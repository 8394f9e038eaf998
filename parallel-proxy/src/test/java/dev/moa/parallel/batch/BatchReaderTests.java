package dev.moa.parallel.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.moa.protocol.StatusCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

class BatchReaderTests {
    private static final BatchProperties LIMITS = new BatchProperties(
            3,
            DataSize.ofMegabytes(16),
            DataSize.ofMegabytes(64),
            DataSize.ofMegabytes(128),
            Duration.ofSeconds(1),
            Duration.ofSeconds(60));

    private final BatchReader reader = new BatchReader(LIMITS);

    private Batch read(String json) {
        return reader.read(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void callsAreReadInOrderAndTheirArgumentsStayAsTheyCame() {
        Batch batch = read("""
                {"timeoutMs": 250, "other": {"calls": [1]}, "calls": [
                  {"id":"a","service":"/service/user","method":"find","args":[ 1,  "é" ]} ,
                  {"service":"/service/site","method":"at","args":{"lat":1.50}}
                ]}
                """);

        assertThat(batch.timeoutMs()).isEqualTo(250);
        assertThat(batch.items()).hasSize(2);
        assertThat(batch.items().get(0)).isInstanceOfSatisfying(Batch.Call.class, call -> {
            assertThat(call.request().id()).isEqualTo("a");
            assertThat(call.request().args().text()).isEqualTo("[ 1,  \"é\" ]");
        });
        assertThat(batch.items().get(1))
                .isInstanceOfSatisfying(
                        Batch.Call.class,
                        call -> assertThat(call.request().args().text()).isEqualTo("{\"lat\":1.50}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1",
                "\"text\"",
                "null",
                "{}",
                "[]",
                "{\"service\":\"bad name\",\"method\":\"m\"}",
                "-1.5e3",
                "true"
            })
    void anItemThatIsNoRequestIsMarkedAndTheOthersStay(String item) {
        Batch batch = read("{\"calls\":[{\"service\":\"/a\",\"method\":\"m\"}," + item
                + ",{\"service\":\"/b\",\"method\":\"m\"}]}");

        assertThat(batch.items().get(0)).isInstanceOf(Batch.Call.class);
        assertThat(batch.items().get(1))
                .isInstanceOfSatisfying(
                        Batch.Invalid.class,
                        invalid -> assertThat(invalid.response().code()).isEqualTo(StatusCode.INVALID_ARGUMENT));
        assertThat(batch.items().get(2)).isInstanceOf(Batch.Call.class);
    }

    @Test
    void aBatchWithinABatchIsRefusedInItsPlace() {
        Batch batch = read("{\"calls\":[{\"calls\":[{\"service\":\"/a\",\"method\":\"m\"}]}]}");

        assertThat(batch.items().get(0))
                .isInstanceOfSatisfying(
                        Batch.Invalid.class,
                        invalid -> assertThat(invalid.response().message()).contains("batch within a batch"));
    }

    @Test
    void moreCallsThanTheLimitAreRefusedWithTheirNumber() {
        String call = "{\"service\":\"/a\",\"method\":\"m\"}";

        assertThatThrownBy(() -> read("{\"calls\":[%s,%s,%s,%s]}".formatted(call, call, call, call)))
                .isInstanceOfSatisfying(BatchRefusedException.class, refusal -> {
                    assertThat(refusal.status()).isEqualTo(413);
                    assertThat(refusal).hasMessageContaining("calls: 4 (expected: at most 3)");
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"calls\":{}}",
                "{\"calls\":[]}",
                "{\"calls\":[1]",
                "{\"calls\":[1]} x",
                "{\"calls\":[1],\"calls\":[1]}",
                "{\"timeoutMs\":0,\"calls\":[1]}",
                "{\"timeoutMs\":60001,\"calls\":[1]}",
                "{\"timeoutMs\":\"9\",\"calls\":[1]}",
                "{\"calls\":[nul]}"
            })
    void whatIsNoBatchIsRefusedWhole(String json) {
        assertThatThrownBy(() -> read(json)).isInstanceOfSatisfying(BatchRefusedException.class, refusal -> {
            assertThat(refusal.status()).isEqualTo(400);
            assertThat(refusal).hasMessageContaining("expected");
        });
    }
}
