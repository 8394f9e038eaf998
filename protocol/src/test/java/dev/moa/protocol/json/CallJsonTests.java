package dev.moa.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.moa.protocol.CallContext;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallJsonTests {

    @Test
    void everyFieldOfARequestIsRead() {
        String json = """
                 { "id" : "u1", "service":"/service/helloworld" ,"method":"hello",
                   "args": [ "wörld 🌍", {"a":[1,2,{"b":null}]} , -1.5e+3 ] ,
                   "ctx":{"app":"feed-api","timeoutMs":300,"traceparent":"00-a-b-01","path":"0.1",
                          "tags":{"lane":"blue"},"later":[{}]},
                   "task":{"key":"k"}, "unknown":{"x":[true,false]} } \
                """;

        CallRequest request = read(json);

        assertThat(request)
                .isEqualTo(new CallRequest(
                        "u1",
                        ServiceName.of("/service/helloworld"),
                        "hello",
                        Payload.json("[ \"wörld 🌍\", {\"a\":[1,2,{\"b\":null}]} , -1.5e+3 ]"),
                        new CallContext("feed-api", 300, "00-a-b-01", "0.1", Map.of("lane", "blue")),
                        Payload.json("{\"key\":\"k\"}")));
    }

    @Test
    void whatMayBeAbsentIsAbsent() {
        CallRequest request = read("{\"service\":\"/s\",\"method\":\"m\"}");

        assertThat(request).isEqualTo(CallRequest.of(ServiceName.of("/s"), "m", Payload.NO_ARGUMENTS));
        assertThat(read("{\"service\":\"/s\",\"method\":\"m\",\"id\":null,\"ctx\":null,\"task\":null}"))
                .isEqualTo(request);
        assertThat(read("{\"service\":\"/s\",\"method\":\"m\",\"ctx\":{\"app\":null,\"tags\":[]}}"))
                .isEqualTo(request);
    }

    @Test
    void namesMayBeWrittenWithEscapes() {
        CallRequest request = read("{\"\\u0073ervice\":\"\\/s\",\"method\":\"\\u006d\",\"id\":\"\\uD83C\\uDF0D\\n\"}");

        assertThat(request.service().value()).isEqualTo("/s");
        assertThat(request.method()).isEqualTo("m");
        assertThat(request.id()).isEqualTo("🌍\n");
    }

    @Test
    void aRangeOfALargerArrayIsRead() {
        byte[] bytes = "xx{\"service\":\"/s\",\"method\":\"m\",\"args\":[1]}yy".getBytes(StandardCharsets.UTF_8);

        CallRequest request = CallJson.readRequest(bytes, 2, bytes.length - 4);

        assertThat(request.args().array()).isSameAs(bytes);
        assertThat(request.args().text()).isEqualTo("[1]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    ``                                             | at byte 0: expected a request object like
                    []                                             | at byte 0: expected a request object like
                    {                                              | at byte 1: expected a field name in quotes but found the end
                    {"service":"/s"}                               | 'method' is missing
                    {"method":"m"}                                 | 'service' is missing
                    {"service":"/s","method":"m",}                 | expected a field name in quotes but found '}'
                    {"service":"/s","method":"m"} x                | at byte 30: expected the end of the text but found 'x'
                    {"service":"/s","method":"m","args":"x"}       | at byte 36: expected for 'args' an array
                    {"service":"/s","method":"m","args":null}      | expected for 'args' an array
                    {"service":"/s","method":"m","args":[}         | at byte 37: expected a value but found '}'
                    {"service":"/s","method":"m","args":[1 2]}     | expected ',' or ']' but found '2'
                    {"service":"/s","service":"/s","method":"m"}   | 'service' stands there twice
                    {"service":"/s","\\u0073ervice":"/s","method":"m"} | 'service' stands there twice
                    {"service":1,"method":"m"}                     | at byte 11: expected a string for 'service' but found '1'
                    {"service":"s","method":"m"}                   | service: 's' (expected: segments
                    {"service":"/s","method":"m m"}                | method: 'm m' (expected: a letter
                    {"service":"/s","method":"m","id":7}           | expected a string for 'id'
                    {"service":"/s","method":"m","ctx":[]}         | expected for 'ctx' an object
                    {"service":"/s","method":"m","ctx":{"timeoutMs":-1}}   | expected a whole number >= 0 for 'ctx.timeoutMs'
                    {"service":"/s","method":"m","ctx":{"timeoutMs":1.5}}  | 'ctx.timeoutMs' is not a whole number
                    {"service":"/s","method":"m","ctx":{"timeoutMs":"1"}}  | expected a whole number
                    {"service":"/s","method":"m","ctx":{"timeoutMs":99999999999999999999}} | not a whole number from 0 to
                    {"service":"/s","method":"m","ctx":{"app":"a","app":"b"}} | 'ctx.app' stands there twice
                    {"service":"/s","method":"m","ctx":{"tags":{"a":1}}}   | expected a string for 'ctx.tags.a'
                    {"service":"/s","method":"m","ctx":{"tags":{"a":"1","a":"2"}}} | 'ctx.tags.a' stands there twice
                    {"service":"/s","method":"m","task":[]}        | expected for 'task' an object
                    {'service':'/s'}                               | expected a field name in quotes but found '''
                    """)
    void aWrongRequestIsRefusedWithWhereAndWhat(String json, String message) {
        assertThatThrownBy(() -> read(json.replace("\\\\", "\\")))
                .isInstanceOfSatisfying(
                        MoaException.class, e -> assertThat(e.code()).isEqualTo(StatusCode.INVALID_ARGUMENT))
                .hasMessageContaining(message.replace("'''", "'"));
    }

    @Test
    void aKeyPrefixIsNamed() {
        assertThatThrownBy(() -> read("app1:{\"service\":\"/s\",\"method\":\"m\"}"))
                .hasMessageContaining("'app1:'")
                .hasMessageContaining("OPT_PREFIX");
    }

    @Test
    void depthIsBounded() {
        String ok = "{\"service\":\"/s\",\"method\":\"m\",\"args\":" + "[".repeat(128) + "]".repeat(128) + "}";
        String deep = "{\"service\":\"/s\",\"method\":\"m\",\"x\":" + "[".repeat(100_000);

        assertThat(read(ok).args().length()).isEqualTo(256);
        assertThatThrownBy(() -> read(deep)).hasMessageContaining("limit 128");
    }

    @Test
    void namesAndNumbersAreBounded() {
        assertThatThrownBy(() -> read("{\"service\":\"/s\",\"method\":\"m\",\"id\":\"" + "x".repeat(257) + "\"}"))
                .hasMessageContaining("'id' is 257 bytes long (limit 256)");
        assertThatThrownBy(() -> read("{\"service\":\"/s\",\"method\":\"m\",\"args\":[" + "1".repeat(1_001) + "]}"))
                .hasMessageContaining("a number of 1001 characters (limit 1000)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"code\":0,\"result\":\"hello world\"}",
                "{\"id\":\"u1\",\"code\":0,\"result\":{\"a\":[1, 2]}}",
                "{\"code\":0,\"result\":null}",
                "{\"id\":\"\\\"\\\\\\n\\u0001ü\",\"code\":4,\"error\":\"DEADLINE_EXCEEDED\",\"message\":\"too \\\"late\\\"\"}",
                "{\"code\":2,\"error\":\"UNKNOWN\",\"message\":\"no such user\",\"details\":{\"type\":\"UserNotFound\"}}"
            })
    void aResponseIsWrittenAsItIsRead(String json) {
        CallResponse response = CallJson.readResponse(json.getBytes(StandardCharsets.UTF_8));

        byte[] written = CallJson.writeResponse(response);
        ByteBuf bulk = Unpooled.buffer();
        CallJson.writeResponseAsBulk(response, bulk);

        assertThat(new String(written, StandardCharsets.UTF_8)).isEqualTo(json);
        assertThat(bulk.toString(StandardCharsets.UTF_8)).isEqualTo("$" + written.length + "\r\n" + json + "\r\n");
    }

    @Test
    void aRequestIsWrittenAsItIsRead() {
        CallRequest request = new CallRequest(
                "\"1\"",
                ServiceName.of("/service/user"),
                "$describe",
                Payload.json("{\"x\":\"ü\"}"),
                new CallContext("app", 5, "tp", "0.2", Map.of("a", "b", "c\t", "d")),
                Payload.json("{\"key\":\"1\"}"));

        assertThat(CallJson.readRequest(CallJson.writeRequest(request))).isEqualTo(request);
        assertThat(new String(
                        CallJson.writeRequest(CallRequest.of(ServiceName.of("/s"), "m", Payload.NO_ARGUMENTS)),
                        StandardCharsets.UTF_8))
                .isEqualTo("{\"service\":\"/s\",\"method\":\"m\",\"args\":[]}");
    }

    @Test
    void whatIsReadWithinALimitDoesNotPassItOnceWritten() {
        String id = "\\b\\f\\n\\r\\t\\\"\\\\".repeat(18);
        String json = "{\"id\":\"" + id + "\",\"code\":0,\"result\":1}";

        byte[] written = CallJson.writeResponse(CallJson.readResponse(json.getBytes(StandardCharsets.UTF_8)));

        assertThat(new String(written, StandardCharsets.UTF_8)).isEqualTo(json);
    }

    @Test
    void aResponseWithACodeFromTheFutureIsUnknown() {
        CallResponse response =
                CallJson.readResponse("{\"code\":77,\"message\":\"x\"}".getBytes(StandardCharsets.UTF_8));

        assertThat(response.code()).isEqualTo(StatusCode.UNKNOWN);
        assertThat(response.message()).isEqualTo("x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{}", "{\"code\":\"0\"}", "{\"code\":0,\"code\":0}", "{\"code\":0} {}"})
    void aWrongResponseIsRefused(String json) {
        assertThatThrownBy(() -> CallJson.readResponse(json.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(MoaException.class);
    }

    @Test
    void argsAloneAreAnArrayAnObjectOrNothing() {
        assertThat(args("")).isEqualTo(Payload.NO_ARGUMENTS);
        assertThat(args("  \n")).isEqualTo(Payload.NO_ARGUMENTS);
        assertThat(args(" [1] \n")).isEqualTo(Payload.json("[1]"));
        assertThat(args("{}")).isEqualTo(Payload.json("{}"));
        for (String wrong : new String[] {"1", "\"x\"", "[", "[1]]", "[1],[2]", "null"}) {
            assertThatThrownBy(() -> args(wrong)).isInstanceOf(MoaException.class);
        }
    }

    private static Payload args(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return CallJson.readArgs(bytes, 0, bytes.length);
    }

    private static CallRequest read(String json) {
        return CallJson.readRequest(json.getBytes(StandardCharsets.UTF_8));
    }
}
