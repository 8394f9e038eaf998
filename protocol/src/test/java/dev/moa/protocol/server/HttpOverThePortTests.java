package dev.moa.protocol.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.Caller;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpOverThePortTests {

    private static final String HEAD = "POST /service/h/echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";

    private final HelloHandler handler = new HelloHandler();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<AutoCloseable> toClose = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : toClose) {
            each.close();
        }
    }

    @Test
    void aPostIsACall() throws Exception {
        MoaPort port = port(PortLimits.defaults(), Authenticator.none());

        HttpResponse<String> response = http.send(
                post(port, "/service/helloworld/echo", "{\"name\":\"wörld\"}")
                        .header("Moa-Timeout-Ms", "300")
                        .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                        .header("Moa-App", "feed-api")
                        .build(),
                HttpResponse.BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(response.body()).isEqualTo("{\"code\":0,\"result\":{\"name\":\"wörld\"}}");
        var ctx = handler.requests.get(0).ctx();
        assertThat(ctx.timeoutMs()).isEqualTo(300);
        assertThat(ctx.app()).isEqualTo("feed-api");
        assertThat(ctx.traceparent()).startsWith("00-0af");
        assertThat(handler.requests.get(0).service().value()).isEqualTo("/service/helloworld");
    }

    @ParameterizedTest
    @CsvSource({"fail,500,2", "crash,500,13", "never,504,4", "nothing,501,12", "%24ping,501,12", "later,500,13"})
    void theStatusFollowsTheCode(String method, int status, int code) throws Exception {
        MoaPort port = port(PortLimits.defaults(), Authenticator.none());

        HttpResponse<String> response = http.send(
                post(port, "/service/h/" + method, "[]")
                        .header("Moa-Timeout-Ms", "50")
                        .build(),
                HttpResponse.BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).startsWith("{\"code\":" + code + ",");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    GET  | /service/h/echo      | application/json         |                       | 405
                    PUT  | /service/h/echo      | application/json         |                       | 405
                    POST | /service/h/echo      | text/plain               |                       | 415
                    POST | /service/h/echo      |                          |                       | 415
                    POST | /service/h/echo      | application/json;charset=latin1 |                | 415
                    POST | /service/h/echo      | application/json; charset=UTF-8 |                | 200
                    POST | /service/h/echo      | application/json         | http://evil.com       | 403
                    POST | /service/h/echo      | application/json         | null                  | 403
                    POST | /service/h/echo      | application/json         | http://127.0.0.1:1    | 403
                    OPTIONS | /service/h/echo   |                          | http://evil.com       | 403
                    POST | /service/h/echo?x=1  | application/json         |                       | 400
                    POST | /Service/h/echo      | application/json         |                       | 400
                    POST | /echo                | application/json         |                       | 400
                    POST | /                    | application/json         |                       | 400
                    POST | /service/h/ec%zzho   | application/json         |                       | 400
                    POST | /service/h/ec-ho     | application/json         |                       | 400
                    """)
    void whatIsNotACallIsRefused(String method, String path, String type, String origin, int status) throws Exception {
        MoaPort port = port(PortLimits.defaults(), Authenticator.none());
        RawClient client = connect(port);

        client.raw(method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port.port() + "\r\nContent-Length: 2\r\n"
                + (type == null ? "" : "Content-Type: " + type + "\r\n")
                + (origin == null ? "" : "Origin: " + origin + "\r\n")
                + "\r\n[]" + HEAD + "Content-Length: 5\r\nConnection: close\r\n\r\n[\"2\"]");

        String replies = client.rest();
        assertThat(replies).startsWith("HTTP/1.1 " + status + " ").contains("\"code\":");
        assertThat(replies).as("the connection goes on").endsWith("{\"code\":0,\"result\":[\"2\"]}");
        assertThat(handler.requests).hasSize(status == 200 ? 2 : 1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    Content-Length: 2^Transfer-Encoding: chunked^^2^[]^0^^          | 400
                    Content-Length: 2^Content-Length: 3^^[]x                        | 400
                    Transfer-Encoding: xchunked^^2^[]^0^^                           | 400
                    Content-Length: -1^^                                            | 400
                    Content-Length: 2^Host: y^^[]                                   | 400
                    Content-Length : 2^^[]                                          | 400
                    Transfer-Encoding: chunked^^zz^[]^0^^                           | 400
                    Content-Length: 5000000^^                                       | 413
                    """)
    void ambiguousLengthsAreRefused(String rest, int status) throws Exception {
        RawClient client = connect(port(PortLimits.defaults(), Authenticator.none()));

        client.raw(HEAD + rest.replace("^", "\r\n"));

        assertThat(client.line()).startsWith("HTTP/1.1 " + status + " ");
        assertThat(handler.requests).isEmpty();
    }

    @Test
    void longLinesHeadersAndBodiesAreRefused() throws Exception {
        MoaPort port = port(PortLimits.defaults().withMaxBodyBytes(1_000), Authenticator.none());
        RawClient line = connect(port);
        RawClient header = connect(port);
        RawClient chunks = connect(port);

        line.raw("POST /" + "x".repeat(5_000) + " HTTP/1.1\r\nHost: x\r\n\r\n");
        header.raw(HEAD + "X: " + "x".repeat(17_000) + "\r\n\r\n");
        chunks.raw(HEAD + "Transfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 20; i++) {
            chunks.raw("64\r\n" + "1".repeat(100) + "\r\n");
        }

        assertThat(line.line()).startsWith("HTTP/1.1 414 ");
        assertThat(header.line()).startsWith("HTTP/1.1 431 ");
        assertThat(chunks.rest()).startsWith("HTTP/1.1 413 ").endsWith("longer than 1000 bytes\"}");
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws Exception {
        RawClient client = connect(port(PortLimits.defaults(), Authenticator.none()));
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            String body = i % 5 == 0 ? "[20, " + i + "]" : "[" + i + "]";
            all.append("POST /service/h/")
                    .append(i % 5 == 0 ? "later" : "echo")
                    .append(" HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ")
                    .append(body.length())
                    .append(i == 19 ? "\r\nConnection: close" : "")
                    .append("\r\n\r\n")
                    .append(body);
        }

        client.raw(all.toString());

        List<String> results = client.rest()
                .lines()
                .filter(line -> line.startsWith("{"))
                .map(line -> line.replaceAll("HTTP/1.1 200 OK$", ""))
                .toList();
        assertThat(results).hasSize(20);
        for (int i = 0; i < 20; i++) {
            assertThat(results.get(i).replaceAll("[^0-9]", "")).isEqualTo("0" + i);
        }
    }

    @Test
    void eachRequestShowsItsToken() throws Exception {
        MoaPort port = port(
                PortLimits.defaults(),
                Authenticator.tokens(Map.of("s3cret", new Caller("feed", Caller.Role.SERVICE, Set.of()))));

        HttpResponse<String> with = http.send(
                post(port, "/service/h/whoami", "[]")
                        .header("Authorization", "Bearer s3cret")
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        HttpResponse<String> without =
                http.send(post(port, "/service/h/whoami", "[]").build(), HttpResponse.BodyHandlers.ofString());
        HttpResponse<String> wrong = http.send(
                post(port, "/service/h/whoami", "[]")
                        .header("Authorization", "Bearer wrong")
                        .build(),
                HttpResponse.BodyHandlers.ofString());

        assertThat(with.body()).isEqualTo("{\"code\":0,\"result\":\"feed\"}");
        assertThat(without.statusCode()).isEqualTo(401);
        assertThat(without.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
        assertThat(wrong.statusCode()).isEqualTo(401);
    }

    @Test
    void aCallerThatLeavesCancelsItsCall() throws Exception {
        MoaPort port = port(PortLimits.defaults(), Authenticator.none());
        RawClient client = connect(port);
        client.raw(HEAD.replace("echo", "never") + "Moa-Timeout-Ms: 60000\r\nContent-Length: 2\r\n\r\n[]");
        await().until(() -> port.inFlight() == 1);

        client.close();

        await().atMost(2, TimeUnit.SECONDS).until(() -> handler.cancelled.get() == 1 && port.inFlight() == 0);
    }

    @Test
    void aPortThatGoesAwayClosesAfterTheAnswer() throws Exception {
        MoaPort port = port(PortLimits.defaults(), Authenticator.none());
        CompletableFuture<HttpResponse<String>> call = http.sendAsync(
                post(port, "/service/h/later", "[300, 1]").build(), HttpResponse.BodyHandlers.ofString());
        await().until(() -> port.inFlight() == 1);

        port.goAway();

        HttpResponse<String> response = call.get(5, TimeUnit.SECONDS);
        assertThat(response.body()).isEqualTo("{\"code\":0,\"result\": 1}");
        assertThat(response.headers().firstValue("Connection")).hasValue("close");
        port.drained().get(2, TimeUnit.SECONDS);
    }

    private static HttpRequest.Builder post(MoaPort port, String path, String body) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port.port() + path))
                .timeout(Duration.ofSeconds(5))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    private MoaPort port(PortLimits limits, Authenticator authenticator) {
        MoaPort port = MoaPort.builder(handler)
                .port(0)
                .limits(limits)
                .authenticator(authenticator)
                .build()
                .start();
        toClose.add(port);
        return port;
    }

    private RawClient connect(MoaPort port) throws IOException {
        RawClient client = new RawClient(port.port());
        toClose.add(0, client);
        return client;
    }
}
