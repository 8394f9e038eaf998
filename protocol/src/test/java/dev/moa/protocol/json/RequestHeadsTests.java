package dev.moa.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.MoaException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A request whose beginning is known says what it would say if it were not. */
class RequestHeadsTests {

    private static final String BEGINNING = "{\"service\":\"/service/greeter\",\"method\":\"hello\",\"args\":";

    @Test
    void requestsWithTheSameBeginningAreReadEachForItself() {
        for (int i = 0; i < 3; i++) {
            CallRequest request =
                    read(BEGINNING + "[" + i + "],\"ctx\":{\"timeoutMs\":" + (i + 1) + "},\"id\":\"" + i + "\"}");

            assertThat(request.service().value()).isEqualTo("/service/greeter");
            assertThat(request.method()).isEqualTo("hello");
            assertThat(request.args().text()).isEqualTo("[" + i + "]");
            assertThat(request.ctx().timeoutMs()).isEqualTo(i + 1);
            assertThat(request.id()).isEqualTo("" + i);
        }
    }

    @Test
    void whatFollowsAKnownBeginningIsCheckedAsEver() {
        read(BEGINNING + "[]}");

        for (String rest :
                List.of("", "[", "[]", "7}", "[]}}", "[],}", "[] \"id\":\"a\"}", "[],\"method\":\"other\"}")) {
            assertThatThrownBy(() -> read(BEGINNING + rest)).as(rest).isInstanceOf(MoaException.class);
        }
    }

    @Test
    void manyBeginningsAreTakenForThemselves() {
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            String service =
                    "/service/s" + random.nextInt(3_000) + (random.nextBoolean() ? "/nearby-recommendations" : "");
            String method = "m" + random.nextInt(3);

            CallRequest request =
                    read("{\"service\":\"%s\",\"method\":\"%s\",\"args\":[%d]}".formatted(service, method, i));

            assertThat(request.service().value()).isEqualTo(service);
            assertThat(request.method()).isEqualTo(method);
            assertThat(request.args().text()).isEqualTo("[" + i + "]");
        }
    }

    private static CallRequest read(String json) {
        byte[] bytes = ("--" + json + "--").getBytes(StandardCharsets.UTF_8);
        return CallJson.readRequest(bytes, 2, bytes.length - 4);
    }
}
